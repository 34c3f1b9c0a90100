"""Memory that processes share: what one has imported and used once before it forks them."""

import ctypes
import gc
import sys
from contextlib import suppress
from importlib import import_module

from campaign.cli.command_runtime import command_runtime


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
            # What imports have freed goes back now: later it would be copied by each child that writes beside it.
            ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
