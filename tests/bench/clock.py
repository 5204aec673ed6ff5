"""What a process has used, told by the kernel: CPU time of all its threads, and memory."""

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_KIBIBYTE = 1024


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, of all threads, ended ones too (clock_getcpuclockid(3))."""
    clock = ctypes.c_int()
    error = _LIBC.clock_getcpuclockid(ctypes.c_int(pid), ctypes.byref(clock))
    if error:
        raise ProcessLookupError(error, os.strerror(error))
    return time.clock_gettime(clock.value)


@contextmanager
def confined(pid: int, cores: set[int]) -> Iterator[None]:
    """Keep every thread of a process to these cores, and so what it starts meanwhile."""
    before = os.sched_getaffinity(pid)
    _keep_to(pid, cores)
    try:
        yield
    finally:
        _keep_to(pid, before)


def _keep_to(pid: int, cores: set[int]) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended
            os.sched_setaffinity(int(thread.name), cores)


def rss_mb(pid: int) -> float:
    """Resident memory in MB (proc_pid_status(5), VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * _KIBIBYTE / 1e6
    raise ProcessLookupError(f"process {pid} has no memory any more")


def idle_s() -> float:
    """Seconds that all cores together were idle since boot (proc_stat(5))."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
