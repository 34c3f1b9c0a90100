"""Memory that processes share: what one has imported and used once before it forks them."""

import gc
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
    gc.freeze()
