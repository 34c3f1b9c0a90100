"""`countersign export`: verified signatures as a file."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from campaign.cli.world import the_campaign, world
from campaign.exports.csv_export import write_csv
from campaign.exports.json_export import write_json
from campaign.exports.rows import numbered
from campaign.store import signatures

_BATCH = 2_000


@click.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--out", required=True, help="The file to write; - for standard output.")
@click.option("--with-email", is_flag=True, help="Add the addresses: personal data that only a few may see.")
def export(slug: str, kind: str, out: str, *, with_email: bool) -> None:
    """Write the verified signatures of a campaign to a file, in the order of signing.

    The same data gives byte-identical files. The file appears when it is complete; only you may read it.
    """
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        write: Callable[[TextIO, Iterator[dict[str, object]]], None]
        if kind == "csv":
            write = lambda file, rows: write_csv(file, rows, with_email=with_email)  # noqa: E731
        else:
            write = lambda file, rows: write_json(file, rows, slug=slug, text_hash=standing.text.hash)  # noqa: E731
        with runtime.snapshot() as connection, _file(out) as file:
            found = signatures.verified_rows(connection, standing.id, _BATCH)
            with click.progressbar(found, length=standing.verified, label=f"Exporting {slug}", file=sys.stderr,
                                   hidden=not sys.stderr.isatty()) as bar:  # fmt: skip
                write(file, numbered(bar, with_email=with_email))
    if out != "-":
        click.echo(f"{out} is written.")


@contextmanager
def _file(out: str) -> Iterator[TextIO]:
    """A file that appears under its name only once it is whole, readable by its owner alone."""
    if out == "-":
        yield sys.stdout
        return
    path = Path(out)
    if not path.absolute().parent.is_dir():
        raise click.ClickException(f"--out: there is no folder {path.absolute().parent}")
    if path.exists() and not path.is_file():
        # A folder, a pipe, a device: the finished file would take its place.
        raise click.ClickException(f"--out: {path} is not a file; - writes to standard output")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".countersign.", dir=path.absolute().parent)
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from None
        raise


def _cannot_write(path: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"--out: {path} cannot be written ({error.strerror}); choose another place")
