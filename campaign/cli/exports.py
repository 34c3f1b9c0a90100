"""`countersign export`: signatures as a file. `countersign verify-pack`: whether a pack is as it was made."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.cli.output_file import output_file, path_in_folder
from campaign.cli.published_log import LOG_HELP, echo_grown_log
from campaign.clients.timestamp_authority import TimestampUnavailableError
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_number
from campaign.domain.exports.mailing_list import MailingProgram
from campaign.domain.exports.plan import (
    CHOSEN_FORMATS,
    COLUMN_TYPES,
    DEFAULT_COLUMNS,
    ExportFormat,
    ExportOrder,
    ExportPlan,
    read_plan,
)
from campaign.domain.exports.timestamp import Timestamp, TimestampRefusedError
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.signatures.filters import InvalidFiltersError
from campaign.domain.signatures.signature import SignatureState
from campaign.formats.pack_source import InvalidPackError
from campaign.formats.pack_verify import verify_pack_file
from campaign.formats.temp_folders import temp_folder
from campaign.services import exports
from campaign.services.exports import Provenance
from campaign.services.exports.contents import Progress
from campaign.services.exports.timestamps import stamp_pack_file

_OPTIONS = {"states": "state", "program": "for", "two_names": "two-names"}
"""What options are called whose fields have another name."""
_MADE_BY = "the command line"


@click.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice([kind.value for kind in CHOSEN_FORMATS]), default="csv", show_default=True)
@click.option(
    "--out", required=True, help="The file to write, or a folder for one with the date in its name; - for standard output."
)
@click.option("--with-email", is_flag=True, help="Add the addresses: personal data that only a few may see.")
@click.option("--columns", default="", help=f"Which, separated by commas: {', '.join(COLUMN_TYPES)}.")
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in SignatureState]),
              help="Signatures in this state; may be given several times. Verified ones unless it is given.")  # fmt: skip
@click.option("--since", default="", help="Signed at this time or later, on the campaign's clock: 2026-11-23T12:00.")
@click.option("--before", default="", help="Signed before this time.")
@click.option("--area", default="", help="A postcode or the beginning of one, like SW, SW1A, SW1A 1 or SW1A 1AA.")
@click.option("--text", default="", help="The hash of the version of the text that was signed.")
@click.option("--updates", type=click.Choice(["yes", "no"]), help="Who asked to be told of the campaign, or who did not.")
@click.option("--order", type=click.Choice([order.value for order in ExportOrder]), default="signing", show_default=True,
              help="As they came in, by name, or as the ledger counted them.")  # fmt: skip
@click.option("--profile", default="", help="Whom a pack is for: it holds what they may have. None: for the campaign itself.")
@click.option("--for", "program", default="", show_choices=False,
              type=click.Choice(["", *(program.value for program in MailingProgram)]),
              help=f"Which program a list is for: {', '.join(MailingProgram)}.")  # fmt: skip
@click.option("--two-names", is_flag=True, help="A list for listmonk: first and last name beside the whole name.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
              help="The time a pack says it was made at. The same data at the same time gives the same pack.")  # fmt: skip
def export(slug: str, kind: str, out: str, at: datetime | None, columns: str, *, with_email: bool, **more: Any) -> None:
    """Write signatures of a campaign to a file: the verified ones, in the order they came in, unless told otherwise.

    The same data gives byte-identical files, but for the time stamp of a pack (TSA_URL). The file appears when it is
    complete; only you may read it.
    """
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        plan = _plan(campaign, kind, _columns(columns, with_email=with_email), more)
        packs = plan.format is ExportFormat.PACK
        made = Provenance(at or runtime.now(), _MADE_BY)
        out = path_in_folder(out, exports.file_name(campaign, plan, made.made_at))
        with output_file(out, seekable=packs or plan.format is ExportFormat.XLSX) as file:
            with (
                runtime.snapshot() as connection,
                temp_folder(runtime.settings.data_dir) if packs else nullcontext(Path()) as folder,
                _ProgressBar(f"Exporting {slug}") as bar,
            ):
                rows = exports.write_export(runtime, connection, campaign, plan, file, folder, made, bar)
                exports.record_export(runtime, COMMAND_LINE, campaign, plan, rows)
            if packs and runtime.settings.tsa_url:
                _stamp(runtime.settings.tsa_url, file)
    if out != "-":
        click.echo(f"{out} is written.")
        if plan.program:
            click.echo(_listed(rows, bar.expected - rows))


@click.command("verify-pack")
@click.argument("place", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--key", default="", help="The key of the public log that you know, as printed on papers and certificates.")
@click.option("--authority", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The certificates of the time-stamp authority (PEM), as it publishes them.")  # fmt: skip
@click.option("--log", "log_place", metavar="URL|FOLDER", default="", help=LOG_HELP)
def verify_pack(place: Path, key: str, authority: Path | None, log_place: str) -> None:
    """Check that a pack is as it was made, and that its count is the public log's. Works without a network.

    Each file is compared with the manifest, a ZIP file with its seal, the count with the ledger's total, and both with the
    proof from the log that is in the pack. With --log also that the log of today still holds all of it.
    """
    try:
        known = VerifierKey.parse(key) if key else None
        checked = verify_pack_file(place, known, authority_pem=authority.read_bytes() if authority else b"")
    except (InvalidPackError, InvalidNoteError) as refused:
        raise click.ClickException(f"{place}: {refused}") from None
    except OSError as error:
        raise click.ClickException(f"{place}: cannot be read ({error.strerror})") from None
    click.echo(
        f"{place} is as it was made: {checked.files} files, {_signature_count(checked.count)} of "
        f"{_printable(checked.campaign)}, "
        f"made at {_printable(checked.made_at)} by {_printable(checked.made_by)}."
    )
    click.echo(_timestamp_words(checked.timestamp))
    if checked.total is None:
        if log_place:
            raise click.ClickException(f"{place}: It has no proof from the public log, which the log could be compared with.")
        click.echo("It has no proof of the public log: that the count is the log's is not checked.")
        return
    entry, checkpoint = checked.total.entry, checked.total.checkpoint
    click.echo(
        f"The public log {checkpoint.origin} says the same: entry {entry.sequence} of {entry.campaign}, counted in the hour "
        f"{entry.hour}, has the total {format_number(entry.total)}. It had {format_number(checkpoint.size)} entries when it "
        f"signed that, with the key\n  {checked.total.key.serialise()}"
    )
    if known is None:
        click.echo("  The pack names this key itself: compare it with the one on papers, certificates, or at /log/key.")
    if log_place:
        echo_grown_log(log_place, checked.total.key.serialise(), checked.total.note)


def _timestamp_words(found: Timestamp | None) -> str:
    if found is None:
        return "It has no time stamp yet: when it was made is what it says itself."
    when = f"It was there at {found.at:%Y-%m-%d %H:%M:%S} UTC, by its time stamp"
    return f"{when}." if found.is_verified else f"{when}. Whose that is was not checked: that takes --authority."


def _stamp(url: str, file: BinaryIO) -> None:
    """Have a pack time-stamped, and say so where it is not: it is as good without, and may be wanted now."""
    try:
        stamp_pack_file(url, file)
    except (TimestampUnavailableError, TimestampRefusedError) as error:
        click.echo(f"The pack has no time stamp: {url}: {error}. Export it again for one.", err=True)


class _ProgressBar(Progress):
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

    def add_rows(self, rows: int) -> None:
        super().add_rows(rows)
        self._bar.update(rows)


def _plan(campaign: Campaign, kind: str, columns: Sequence[str], filters: dict[str, Any]) -> ExportPlan:
    """What the options say. Raises click.UsageError that names the option."""
    given = {name: _values(value) for name, value in filters.items()}
    known = [key for key, _ in exports.submission_profiles()]
    try:
        return read_plan({**given, "format": [kind], "columns": columns}, campaign.zone, known)
    except InvalidFiltersError as refused:
        name, words = next(iter(refused.errors.items()))
        raise click.UsageError(f"--{_OPTIONS.get(name, name)}: {words}") from None


def _values(value: object) -> list[str]:
    """An option as a form has it: none, one or several values."""
    if isinstance(value, bool):
        return ["yes"] if value else []
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]  # type: ignore[attr-defined]


def _listed(rows: int, left_out: int) -> str:
    people = f"{format_number(rows)} {'person' if rows == 1 else 'people'} who asked for updates."
    if not left_out:
        return people
    return (
        f"{people} {format_number(left_out)} more asked and are left out: their mailbox gets no mail, or their address begins "
        "with a sign that a spreadsheet would run."
    )


def _columns(typed: str, *, with_email: bool) -> list[str]:
    names = [name.strip() for name in typed.split(",") if name.strip()] or list(DEFAULT_COLUMNS)
    if "email" in names and not with_email:
        raise click.UsageError("--columns: addresses are only written with --with-email")
    return [*names, "email"] if with_email else names


def _signature_count(count: int) -> str:
    return f"{format_number(count)} signature{'' if count == 1 else 's'}"


def _printable(text: str) -> str:
    return "".join(letter for letter in text[:120] if letter.isprintable())
