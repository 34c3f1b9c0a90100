"""Exports: asked for at the desk, made by a worker, kept sealed for a week; or written at once by the command line.

`asking` is what a campaigner does, `making` what a worker does for them, `writing` what is in a file. It stands above the other
use cases, since a pack holds the papers of a submission.
"""

from campaign.exporting.asking import (
    LASTS,
    MOST_LISTED,
    Gone,
    ask,
    cancel,
    delete,
    find,
    opened,
    page,
    restart,
)
from campaign.exporting.writing import Made, note_written, profiles, write

__all__ = [
    "LASTS",
    "MOST_LISTED",
    "Gone",
    "Made",
    "ask",
    "cancel",
    "delete",
    "find",
    "note_written",
    "opened",
    "page",
    "profiles",
    "restart",
    "write",
]
