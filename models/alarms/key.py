"""Keys of alarms, ``site/device/resource/rule``, put together and taken apart."""

KEY_CHARACTERS = 1024
"""No key is longer: sites and devices of 128 characters fit even when all are escaped."""

COMMAND = "setpoint", "command"
"""Resource and rule of the alarm that a device does not follow its commands. No rules file need
have the rule: its channels are then those of the rules that name none."""


def alarm_key(site: str, device: str, resource: str, rule: str) -> str:
    """Key of one thing that can be wrong; ``/`` and ``%`` in a part become ``%2F`` and ``%25``.

    Raises:
        ValueError: a part is empty, or the key would be longer than ``KEY_CHARACTERS``.

    """
    given = (site, device, resource, rule)
    key = "/".join(part.replace("%", "%25").replace("/", "%2F") for part in given)
    if not all(given) or len(key) > KEY_CHARACTERS:
        raise ValueError(f"no alarm key: an empty part or over {KEY_CHARACTERS} characters")
    return key


def parts(key: str) -> tuple[str, str, str, str]:
    """Site, device, resource and rule of a key.

    Raises:
        ValueError: the key is none that ``alarm_key`` makes.

    """
    try:
        site, device, resource, rule = map(_plain, key.split("/"))
        same = key == alarm_key(site, device, resource, rule)
    except ValueError:
        same = False
    if not same:
        raise ValueError(f"not an alarm key (site/device/resource/rule): {key[:200]!r}")
    return site, device, resource, rule


def _plain(part: str) -> str:
    return part.replace("%2F", "/").replace("%25", "%")
