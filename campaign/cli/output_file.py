"""Files that a command writes: they appear under their name only once they are whole, readable by their owner alone."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


def path_in_folder(out: str, name: str) -> str:
    """`out`, or where that is a folder, the file of this name in it. One that ends with a slash is made where there is none.

    Raises click.ClickException where it cannot be made.
    """
    folder = Path(out)
    if out.endswith("/"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _write_failure("--out", folder, error) from None
    return str(folder / name) if folder.is_dir() else out


@contextmanager
def output_file(out: str, *, name: str = "--out", seekable: bool = False) -> Iterator[BinaryIO]:
    """A file to write into; `-` is standard output. `name` is what says where it is to be: an option, an argument, a setting.
    `seekable`: it must be one that can be read and written anywhere.

    Raises click.ClickException where it cannot be written; then whatever was there before is there still.
    """
    if out == "-":
        if not seekable:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        with tempfile.TemporaryFile() as whole:
            yield whole
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    path = Path(out)
    if not path.absolute().parent.is_dir():
        raise click.ClickException(f"{name}: there is no folder {path.absolute().parent}")
    if path.exists() and not path.is_file():
        # A folder, a pipe, a device: the finished file would take its place.
        raise click.ClickException(f"{name}: {path} is not a file; - writes to standard output")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".countersign.", dir=path.absolute().parent)
    except OSError as error:
        raise _write_failure(name, path, error) from None
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _write_failure(name, path, error) from None
        raise


def _write_failure(name: str, path: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"{name}: {path} cannot be written ({error.strerror}); choose another place")
