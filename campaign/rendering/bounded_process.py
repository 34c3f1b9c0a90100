"""Process of its own for what is dear: memory, processor time and seconds are bounded, and all of it is given back at its end.

Whatever happens in it costs nobody else anything: it gives way to the processes that answer pages, on a machine without memory
it goes first, and nothing of our settings is in it.
"""

import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

MAX_MEMORY_BYTES = 1_000_000_000
"""Octets of addresses, of which the largest picture we take needs 700 million, programs and libraries included."""
_INHERITED_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


class ProcessFailedError(Exception):
    """The process was ended or died: what it was given takes too much, or the machine has too little."""


def run_bounded(module: str, *arguments: str, given: bytes, timeout_seconds: float) -> bytes:
    """What `python -m module arguments` answers to what it is given. Raises ProcessFailedError."""
    environment = {name: value for name, value in os.environ.items() if name in _INHERITED_VARIABLES}
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, and words of ours
            [sys.executable, "-m", module, *arguments], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, timeout=timeout_seconds, check=False,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ProcessFailedError(type(error).__name__) from None
    if ended.returncode:
        raise ProcessFailedError(f"exit code {ended.returncode}")
    return ended.stdout


def bound_this_process(*, max_cpu_seconds: int, niceness: int) -> None:
    """Bound this process in memory and processor time, and put it behind all others by `niceness` steps."""
    resource.setrlimit(resource.RLIMIT_CPU, (max_cpu_seconds, max_cpu_seconds))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    with suppress(OSError):  # a service may be kept from it
        os.nice(niceness)
    with suppress(OSError):
        # On a machine that has less than that, this process goes first.
        Path("/proc/self/oom_score_adj").write_text("1000")
