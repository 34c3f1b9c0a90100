"""Lock of DATA_DIR: one `countersign up` in each. Imports little, so that a second one is told at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import click

from campaign.config import Settings


@contextmanager
def exclusive_data_dir(settings: Settings) -> Iterator[None]:
    """Make DATA_DIR where it is missing and hold it for this process; the system lets go when it ends, however it ends.

    Raises click.ClickException where it cannot be made, or another `up` has it.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (settings.data_dir / "up.lock").open("a")
    except OSError as error:
        raise click.ClickException(f"DATA_DIR: {settings.data_dir} cannot be made ({error.strerror})") from None
    with lock:
        try:
            # Not flock, which the processes forked from this one would hold too, for as long as they live.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(
                f"DATA_DIR: another `countersign up` is running in {settings.data_dir}; stop it first"
            ) from None
        yield
