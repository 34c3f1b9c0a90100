"""Temporary folders: readable by this user only, removed when the work ends, or later where its process was killed."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def temp_root(data_dir: Path) -> Path:
    """The folder of all of them."""
    return data_dir / "exports"


@contextmanager
def temp_folder(data_dir: Path) -> Iterator[Path]:
    """A folder for one piece of work, emptied after it. While it is held, nobody sweeps it away."""
    place = temp_root(data_dir)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder, held = _create_locked(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _create_locked(root: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=root))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, held
        # Somebody has swept it away in the moment before it was held.
        os.close(held)


def remove_abandoned(data_dir: Path) -> int:
    """Remove what a process left that was killed; returns how many folders. The system let go of them when it ended."""
    swept = 0
    for folder in temp_root(data_dir).iterdir() if temp_root(data_dir).is_dir() else ():
        with contextlib.suppress(OSError):
            held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
            finally:
                os.close(held)
    return swept
