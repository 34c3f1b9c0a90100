"""Memory of a process that is about to fork."""

import subprocess
import sys

import pytest

from tests.support.processes import process_environment

_PROGRAM = """
import ctypes
from campaign.cli import shared_memory

library = ctypes.CDLL(None)
library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]

sizes = [size for size in range(1040, 2000, 8) for _ in range(20)]
pieces = [library.malloc(size) for size in sizes]
for piece in pieces[::2]:
    library.free(piece)
if {use_up}:
    shared_memory._use_up_free_memory()
print(sum(library.malloc(48) < max(pieces) for _ in range(1000)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is arranged so with the C library of GNU alone")
def test_what_a_child_makes_lies_on_pages_that_nothing_shared_is_on():
    def pieces_between_others(use_up: bool) -> int:
        program = _PROGRAM.format(use_up=use_up)
        return int(subprocess.check_output([sys.executable, "-c", program], env=process_environment(), text=True))

    assert pieces_between_others(use_up=False) == 1000
    assert pieces_between_others(use_up=True) <= 7  # so many of a size a thread keeps at hand
