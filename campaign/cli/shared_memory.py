"""Memory that processes share: what one has imported and used once before it forks them."""

import ctypes
import gc
import sys
from contextlib import suppress
from importlib import import_module

from campaign.cli.command_runtime import command_runtime

_PIECE_SIZES = (65536, 16384, 4096, 1024, 256, 64, 24)
"""Octets of the pieces of free memory that are taken, large ones first: of a large one only its first page is written to."""


class _MallocInfo(ctypes.Structure):
    """Numbers of octets in use and free, as `mallinfo2` of the GNU C library tells them: mallinfo(3)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    )


def share_memory(*modules: str) -> None:
    """Import modules and use the database once: those that are forked from this process need no copy of what that brings.

    Raises WrongSchemaError and StoreUnavailableError. Nothing is left open, since nothing open may be shared with a child.
    """
    for name in modules:
        import_module(name)
    with command_runtime():
        pass
    # What is there now is there for good: the collector must not write to pages that are shared.
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # a C library that is not GNU's
            _use_up_free_memory()
    gc.freeze()


def _use_up_free_memory() -> None:
    """Memory that imports have freed goes back to the system where it is whole pages; what is less is taken, for good.

    It lies in small pieces between what is in use. Children would put there what they make, and each page that they write to is
    copied with all else on it: some 4 MB in each, for 0.4 MB of pieces. So what they make comes to lie on new pages. Raises
    AttributeError where the C library is not GNU's 2.33 or newer.
    """
    library = ctypes.CDLL(None)
    library.malloc_trim(0)
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    library.sbrk.argtypes, library.sbrk.restype = [ctypes.c_ssize_t], ctypes.c_void_p
    library.mallinfo2.restype = _MallocInfo
    top = library.sbrk(0) - library.mallinfo2().keepcost
    for size in _PIECE_SIZES:
        while (piece := library.malloc(size)) and piece < top:
            pass
        library.free(piece)
