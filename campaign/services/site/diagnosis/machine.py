"""Check of this machine: the folder takes files, and its disk has room."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from campaign.domain.site.finding import Finding, fault, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime

_MIN_FREE_BYTES, _LOW_FREE_BYTES = 100_000_000, 1_000_000_000
"""Room below which something is about to fail, and below which it is time to look."""
_MEGABYTE = 1_000_000


def check_data_dir(runtime: Runtime) -> Iterator[Finding]:
    """A file can be written to DATA_DIR and to the disk, and there is room for more."""
    folder = runtime.settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 65_536)
            file.flush()
            os.fsync(file.fileno())
        room = os.statvfs(folder)
    except OSError as error:
        yield fault(
            "disk", f"DATA_DIR {folder} takes no file ({error.strerror})", "free disk space, or see to its owner and mode"
        )
        return
    free = room.f_bavail * room.f_frsize
    if free < _MIN_FREE_BYTES or (room.f_files and not room.f_favail):
        yield fault("disk", f"{free // _MEGABYTE} MB are free at DATA_DIR {folder}", "free or add disk space now")
    elif free < _LOW_FREE_BYTES:
        yield note("disk", f"{free // _MEGABYTE} MB are free at DATA_DIR {folder}", "free or add disk space soon")
    else:
        yield Finding("disk", f"DATA_DIR {folder} takes files, {free // _MEGABYTE:,} MB free")
