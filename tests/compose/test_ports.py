"""A port is busy while somebody listens on it, and free afterwards."""

import socket

from compose.ports import free_ports, is_busy, wait_until_free


def test_a_port_is_busy_while_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert is_busy(listener.getsockname()[1])


def test_a_port_somebody_has_bound_without_listening_is_busy() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert is_busy(bound.getsockname()[1])


def test_a_port_is_free_once_its_listener_has_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert wait_until_free([port], patience_s=5)


def test_waiting_for_a_port_that_stays_busy_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not wait_until_free([listener.getsockname()[1]], patience_s=0)


def test_free_ports_stay_below_those_the_system_hands_out() -> None:
    assert max(free_ports(20)) < 32768
