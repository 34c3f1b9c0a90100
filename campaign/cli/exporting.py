"""`countersign export`: signatures as a file. `countersign verify-pack`: whether a pack is as it was made."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import click

from campaign import exporting
from campaign.cli.output import output
from campaign.cli.world import the_campaign, world
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.export import CELLS, COLUMNS, Format, Order, Plan, read_plan
from campaign.domain.filters import FiltersRefused
from campaign.domain.signature import SignatureState
from campaign.domain.standing import Standing
from campaign.domain.wording import number
from campaign.exporting import Made
from campaign.exporting.writing import Progress
from campaign.exports.checking import PackRefused, check
from campaign.exports.workshop import bench

_OPTIONS = {"states": "state"}
"""What options are called whose fields have another name."""
_BY = "the command line"


@click.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice([kind.value for kind in Format]), default="csv", show_default=True)
@click.option("--out", required=True, help="The file to write; - for standard output.")
@click.option("--with-email", is_flag=True, help="Add the addresses: personal data that only a few may see.")
@click.option("--columns", default="", help=f"Which, separated by commas: {', '.join(CELLS)}.")
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in SignatureState]),
              help="Signatures in this state; may be given several times. Verified ones unless it is given.")  # fmt: skip
@click.option("--since", default="", help="Signed at this time or later, on the campaign's clock: 2026-11-23T12:00.")
@click.option("--before", default="", help="Signed before this time.")
@click.option("--area", default="", help="A postcode area, like SW, or the first half of a postcode, like SW1A.")
@click.option("--text", default="", help="The hash of the version of the text that was signed.")
@click.option("--updates", type=click.Choice(["yes", "no"]), help="Who asked to be told of the campaign, or who did not.")
@click.option("--order", type=click.Choice([order.value for order in Order]), default="signing", show_default=True,
              help="As they came in, by name, or as the ledger counted them.")  # fmt: skip
@click.option("--profile", default="", help="Whom the printable submission in a pack is for; none unless it is given.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
              help="The time a pack says it was made at. The same data at the same time gives the same pack.")  # fmt: skip
def export(slug: str, kind: str, out: str, at: datetime | None, columns: str, *, with_email: bool, **more: Any) -> None:
    """Write signatures of a campaign to a file: the verified ones, in the order they came in, unless told otherwise.

    The same data gives byte-identical files. The file appears when it is complete; only you may read it.
    """
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        plan = _plan(standing, kind, _columns(columns, with_email=with_email), more)
        packs = plan.format is Format.PACK
        made = Made(at or runtime.now(), _BY)
        with (
            runtime.snapshot() as connection,
            output(out, anywhere=packs or plan.format is Format.XLSX) as file,
            bench(runtime.settings.data_dir) if packs else nullcontext(Path()) as folder,
            _Bar(f"Exporting {slug}") as bar,
        ):
            rows = exporting.write(runtime, connection, standing, plan, file, folder, made, bar)
            exporting.note_written(runtime, COMMAND_LINE, standing, plan, rows)
    if out != "-":
        click.echo(f"{out} is written.")


@click.command("verify-pack")
@click.argument("file", type=click.Path(path_type=Path))
def verify_pack(file: Path) -> None:
    """Check that a pack is as it was made: every file in it against its manifest, and the pack against its seal."""
    try:
        checked = check(file)
    except PackRefused as refused:
        raise click.ClickException(f"{file}: {refused}") from None
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read ({error.strerror})") from None
    click.echo(
        f"{file} is as it was made: {checked.files} files, {_signatures(checked.count)} of {_shown(checked.campaign)}, "
        f"made at {_shown(checked.made_at)} by {_shown(checked.made_by)}."
    )


class _Bar(Progress):
    """A bar on a terminal, as long as there are rows."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._bar = click.progressbar(length=0, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)

    def begin(self, expected: int) -> None:
        super().begin(expected)
        self._bar.length = expected

    def wrote(self, rows: int) -> None:
        super().wrote(rows)
        self._bar.update(rows)


def _plan(standing: Standing, kind: str, columns: Sequence[str], more: dict[str, Any]) -> Plan:
    """What the options say. Raises click.UsageError that names the option."""
    given = {name: [value] if isinstance(value, str) else list(value or ()) for name, value in more.items()}
    known = [key for key, _ in exporting.profiles()]
    try:
        return read_plan({**given, "format": [kind], "columns": columns}, standing.zone, known)
    except FiltersRefused as refused:
        name, words = next(iter(refused.errors.items()))
        raise click.UsageError(f"--{_OPTIONS.get(name, name)}: {words}") from None


def _columns(typed: str, *, with_email: bool) -> list[str]:
    names = [name.strip() for name in typed.split(",") if name.strip()] or list(COLUMNS)
    if "email" in names and not with_email:
        raise click.UsageError("--columns: addresses are only written with --with-email")
    return [*names, "email"] if with_email else names


def _signatures(count: int) -> str:
    return f"{number(count)} signature{'' if count == 1 else 's'}"


def _shown(text: str) -> str:
    return "".join(letter for letter in text[:120] if letter.isprintable())
