"""`countersign import`: signatures collected on paper, from a list in a file. Tried dry first, taken in whole, undone whole."""

import csv
import io
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from campaign.cli.output import output
from campaign.cli.world import the_campaign, world
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.countries import COUNTRIES
from campaign.domain.likeness import LIKELY, WORDS, Why
from campaign.domain.paper_columns import read_mapping
from campaign.domain.refusal import Refused
from campaign.domain.removal import read_reason
from campaign.domain.standing import Standing
from campaign.domain.wording import number
from campaign.exports.csv_export import neutralised
from campaign.intake import checking, taking, undoing
from campaign.intake.checking import Checked, Options
from campaign.intake.taking import TakenBefore
from campaign.runtime import Runtime

_BY_COMMAND_LINE = "Undone by command line"


@click.command("import")
@click.argument("slug")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what the list would come to; change nothing.")
@click.option(
    "--map", "mapped", default="", metavar="FIELD=COLUMN,…", help="What columns are called: name=Full Name,postcode=PC."
)
@click.option("--sheet-name", default="", help="The sheet of a workbook; the first if not given.")
@click.option("--country", default="GB", show_default=True, help="Of rows that do not say, as two letters.")
@click.option(
    "--duplicates", type=click.Choice(["skip", "take"]), default="skip", show_default=True,
    help="What becomes of rows that look like somebody who has signed.",
)  # fmt: skip
@click.option("--again", is_flag=True, help="Take in a file that is in already.")
@click.option("--report", default="", metavar="FILE.csv", help="List every row that is left out in a file.")
@click.option("--undo", type=click.IntRange(min=1), metavar="INTAKE", help="Take back all that an intake brought in.")
@click.option("--reason", default=_BY_COMMAND_LINE, help="Why it is undone, for the audit trail.")
def import_(
    slug: str, file: Path | None, *, dry_run: bool, mapped: str, sheet_name: str, country: str, duplicates: str, again: bool,
    report: str, undo: int | None, reason: str,
) -> None:  # fmt: skip
    """Take in signatures on paper from FILE, a CSV or XLSX list with the names of its columns at the top.

    All of it is taken in, or nothing. Rows that cannot be read are left out and listed; --dry-run says it all before. The same
    file is taken in once. An email address is kept only where its row says that they want to be mailed; nobody is mailed now.
    """
    if (file is None) == (undo is None):
        raise click.UsageError("Give a FILE to take in, or --undo with the number of an intake.")
    if country.upper() not in COUNTRIES:
        raise click.UsageError("--country: write two letters, like GB.")
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        if undo is not None:
            _undo(runtime, standing, undo, reason)
            return
        assert file is not None  # noqa: S101 - said above; for the types
        options = Options(_mapping(mapped), sheet_name, country.upper())
        with file.open("rb") as stream:
            checked = _check(runtime, standing, stream, options, report)
        _say(checked, file.name)
        if report:
            click.echo(f"{number(sum(checked.left_out.values()))} rows that are left out are listed in {report}.")
        if dry_run:
            click.echo("Nothing was changed: this was a dry run.")
            return
        _take(runtime, standing, checked, file.name, likely=duplicates == "take", again=again)


def _check(runtime: Runtime, standing: Standing, stream: BinaryIO, options: Options, report: str) -> Checked:
    if not report:
        return checking.check(runtime, standing, stream, options)
    try:
        with output(report) as out:
            text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
            writer = csv.writer(text, quoting=csv.QUOTE_ALL)
            writer.writerow(["line", "why", "words"])

            def told(line: int, why: Why, words: str) -> None:
                writer.writerow([line, why.value, neutralised(words)])

            checked = checking.check(runtime, standing, stream, options, told=told)
            text.detach()
    except click.ClickException as error:
        raise click.ClickException(error.message.replace("--out", "--report", 1)) from None
    return checked


def _take(runtime: Runtime, standing: Standing, checked: Checked, name: str, *, likely: bool, again: bool) -> None:
    with _bar("Taking in", checked.packed.length) as bar:
        try:
            taken = taking.take(
                runtime, COMMAND_LINE, standing, checked, label=name, likely=likely, again=again, progress=bar.update
            )
        except TakenBefore as before:
            raise click.ClickException(f"{before} --again takes it in once more") from None
    click.echo(
        f"{number(taken.signatures)} signatures on paper are taken in as intake {taken.intake_id}. "
        f"`countersign import {standing.slug} --undo {taken.intake_id}` takes them back."
    )


def _undo(runtime: Runtime, standing: Standing, intake_id: int, reason: str) -> None:
    intake = undoing.find(runtime, standing, intake_id)
    if intake is None:
        raise click.ClickException(f"--undo: {standing.slug} has no intake {intake_id}; the desk lists them")
    try:
        began = undoing.undo(runtime, COMMAND_LINE, intake, read_reason(reason))
    except Refused as refused:
        raise click.ClickException(f"--reason: {refused}") from None
    if not began and intake.state.value != "undoing":
        raise click.ClickException(f"intake {intake_id} is {intake.state.value}; there is nothing to undo")
    undone = 0
    with _bar("Taking back", intake.left) as bar:
        try:
            while (step := undoing.undo_step(runtime, intake_id)) is not None:
                undone += step
                bar.update(step)
        except KeyboardInterrupt:
            raise click.ClickException(f"intake {intake_id} is not undone yet; a worker goes on with it") from None
    click.echo(
        f"Intake {intake_id} is undone: {number(undone)} signatures left the count; what was personal in them is erased."
    )


def _say(checked: Checked, name: str) -> None:
    """What a list would come to."""
    click.echo(f"{name}: {number(checked.rows)} rows read")
    click.echo(f"  {number(checked.new)} new")
    if checked.addresses:
        click.echo(f"    {number(checked.addresses)} of them with an address that may be mailed")
    for why in Why:
        if not (amount := checked.left_out[why.value]):
            continue
        kind = "likely duplicates" if why in LIKELY else "duplicates" if why is Why.SAME else "refused"
        click.echo(f"  {number(amount)} {kind}: {WORDS[why]}")
        for line, words in checked.examples[why.value]:
            click.echo(f"    line {line}" + (f": {words}" if why is Why.WRONG else ""))
    for words, amount in checked.noted.most_common():
        click.echo(f"  in {number(amount)} rows {words}")
    if checked.before is not None:
        click.echo(f"  This very file is in already, as intake {checked.before.id}.")


def _mapping(text: str) -> dict[str, str]:
    try:
        return read_mapping(text)
    except Refused as refused:
        raise click.UsageError(f"--map: {refused}") from None


def _bar(label: str, length: int) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
