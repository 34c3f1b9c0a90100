"""Passphrase of a backup: from a file, or asked for at a terminal."""

import sys
from pathlib import Path

import click

MAX_PASSPHRASE_BYTES = 4096
"""Octets of a file that are read: its first line is in them, or it is not meant for this."""

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the passphrase in its first line; it is asked for otherwise.",
)


def read_passphrase(path: Path | None, *, confirm: bool) -> str:
    """The passphrase. Raises click.ClickException where the file holds none, or nobody can be asked."""
    if path is not None:
        return _first_line(path)
    if not sys.stdin.isatty():
        raise click.ClickException("no terminal to ask for the passphrase; give --passphrase-file")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            line = file.readline(MAX_PASSPHRASE_BYTES).decode().rstrip("\r\n")
    except OSError as error:
        raise click.ClickException(f"--passphrase-file: {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise click.ClickException(
            f"--passphrase-file: {path} is not text in UTF-8; write the passphrase on its first line"
        ) from None
    if not line:
        raise click.ClickException(f"--passphrase-file: the first line of {path} is empty; write the passphrase there")
    return line
