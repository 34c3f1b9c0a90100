"""`countersign import`: signatures collected on paper, from a list in a file. Tried dry first, taken in whole, undone whole."""

import csv
import io
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.cli.output_file import output_file
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_number
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import read_removal_reason
from campaign.domain.paper.columns import read_column_mapping
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS, LIKELY_DUPLICATES, ExclusionReason
from campaign.domain.paper.paper_text import UNKNOWN_TEXT, PaperText, read_first_day, read_text_choice
from campaign.domain.places.countries import COUNTRIES
from campaign.formats.csv_write import neutralise_formula
from campaign.runtime import Runtime
from campaign.services.paper import import_list, validate
from campaign.services.paper.import_list import AlreadyImportedError
from campaign.services.paper.undo import get_intake, undo_intake, undo_step
from campaign.services.paper.validate import ReadOptions, ValidatedList

_DEFAULT_UNDO_REASON = "Undone by command line"


@click.command("import")
@click.argument("slug")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what the list would come to; change nothing.")
@click.option(
    "--map", "mapped", default="", metavar="FIELD=COLUMN,…", help="What columns are called: name=Full Name,postcode=PC."
)
@click.option("--sheet-name", default="", help="The sheet of a workbook; the first if not given.")
@click.option(
    "--text", "text_answer", default="", metavar="VERSION",
    help="The version of the text on the paper, as en:2, or unknown.",
)  # fmt: skip
@click.option("--since", default="", metavar="DATE", help="The first day it was signed. Dates before it are questioned.")
@click.option("--country", default="GB", show_default=True, help="Of rows that do not say, as two letters.")
@click.option(
    "--duplicates", type=click.Choice(["skip", "take"]), default="skip", show_default=True,
    help="What becomes of rows that look like somebody who has signed.",
)  # fmt: skip
@click.option("--again", is_flag=True, help="Take in a file that is in already.")
@click.option("--report", default="", metavar="FILE.csv", help="List every row that is left out in a file.")
@click.option("--undo", type=click.IntRange(min=1), metavar="NUMBER", help="Take back all that a paper upload brought in.")
@click.option("--reason", default=_DEFAULT_UNDO_REASON, help="Why it is undone, for the audit trail.")
def import_paper(
    slug: str, file: Path | None, *, dry_run: bool, mapped: str, sheet_name: str, text_answer: str, since: str, country: str,
    duplicates: str, again: bool, report: str, undo: int | None, reason: str,
) -> None:  # fmt: skip
    """Take in signatures on paper from FILE, a CSV or XLSX list with the names of its columns at the top.

    All of it is taken in, or nothing. Rows that cannot be read are left out and listed; --dry-run says it all before. The same
    file is taken in once. An email address is kept only where its row says that they want to be mailed; nobody is mailed now.
    """
    if (file is None) == (undo is None):
        raise click.UsageError("Give a FILE to take in, or --undo with the number of a paper upload.")
    if country.upper() not in COUNTRIES:
        raise click.UsageError("--country: write two letters, like GB.")
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        if undo is not None:
            _undo(runtime, campaign, undo, reason)
            return
        assert file is not None  # noqa: S101 - said above; for the types
        paper_text = _read_paper_text(runtime, campaign, text_answer, since)
        options = ReadOptions(_mapping(mapped), sheet_name, country.upper(), paper_text)
        with file.open("rb") as stream:
            checked = _check(runtime, campaign, stream, options, report)
        _print_summary(checked, file.name)
        if report:
            click.echo(f"{format_number(sum(checked.excluded.values()))} rows that are left out are listed in {report}.")
        if dry_run:
            click.echo("Nothing was changed: this was a dry run.")
            return
        _import_checked(runtime, campaign, checked, file.name, likely=duplicates == "take", again=again)


def _check(runtime: Runtime, campaign: Campaign, stream: BinaryIO, options: ReadOptions, report: str) -> ValidatedList:
    if not report:
        return validate.validate_list(runtime, campaign, stream, options)
    try:
        with output_file(report) as out:
            text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
            writer = csv.writer(text, quoting=csv.QUOTE_ALL)
            writer.writerow(["line", "why", "words"])

            def told(line: int, why: ExclusionReason, words: str) -> None:
                writer.writerow([line, why.value, neutralise_formula(words)])

            checked = validate.validate_list(runtime, campaign, stream, options, on_excluded=told)
            text.detach()
    except click.ClickException as error:
        raise click.ClickException(error.message.replace("--out", "--report", 1)) from None
    return checked


def _import_checked(
    runtime: Runtime, campaign: Campaign, checked: ValidatedList, name: str, *, likely: bool, again: bool
) -> None:
    with _progress_bar("Taking in", checked.packed.length) as bar:
        try:
            taken = import_list.import_validated(
                runtime,
                COMMAND_LINE,
                campaign,
                checked,
                label=name,
                include_likely=likely,
                allow_same_file=again,
                progress=bar.update,
            )
        except AlreadyImportedError as before:
            raise click.ClickException(f"{before} --again takes it in once more") from None
    click.echo(
        f"{format_number(taken.signatures)} signatures on paper are taken in as paper upload {taken.intake_id}. "
        f"`countersign import {campaign.slug} --undo {taken.intake_id}` takes them back."
    )


def _undo(runtime: Runtime, campaign: Campaign, intake_id: int, reason: str) -> None:
    intake = get_intake(runtime, campaign, intake_id)
    if intake is None:
        raise click.ClickException(f"--undo: {campaign.slug} has no paper upload {intake_id}; the desk lists them")
    try:
        began = undo_intake(runtime, COMMAND_LINE, campaign, intake, read_removal_reason(reason), confirmed=True)
    except InvalidInputError as refused:
        raise click.ClickException(f"--reason: {refused}") from None
    if not began and intake.state.value != "undoing":
        raise click.ClickException(f"paper upload {intake_id} is {intake.state.value}; there is nothing to undo")
    undone = 0
    with _progress_bar("Taking back", intake.remaining) as bar:
        try:
            while (step := undo_step(runtime, intake_id)) is not None:
                undone += step
                bar.update(step)
        except KeyboardInterrupt:
            raise click.ClickException(f"paper upload {intake_id} is not undone yet; a worker goes on with it") from None
    click.echo(
        f"Paper upload {intake_id} is undone: {format_number(undone)} signatures left the count; what was personal in them is "
        "erased."
    )


def _print_summary(checked: ValidatedList, name: str) -> None:
    """What a list would come to."""
    click.echo(f"{name}: {format_number(checked.rows)} rows read")
    click.echo(f"  {format_number(checked.new)} new")
    if checked.addresses:
        click.echo(f"    {format_number(checked.addresses)} of them with an address that may be emailed")
    for why in ExclusionReason:
        if not (amount := checked.excluded[why.value]):
            continue
        kind = (
            "likely duplicates"
            if why in LIKELY_DUPLICATES
            else "duplicates"
            if why is ExclusionReason.ALREADY_SIGNED
            else "refused"
        )
        click.echo(f"  {format_number(amount)} {kind}: {EXCLUSION_TEXTS[why]}")
        for line, words in checked.examples[why.value]:
            click.echo(f"    line {line}" + (f": {words}" if why is ExclusionReason.INVALID else ""))
    for words, amount in checked.dropped_values.most_common():
        click.echo(f"  in {format_number(amount)} rows {words}")
    for words, amount in checked.questions.items():
        click.echo(f"  In question, in {format_number(amount)} rows: {words}")
        click.echo(f"    line {', '.join(str(line) for line in checked.question_lines[words])}")
    if checked.paper_text.version is None:
        click.echo("  Which text was on the paper is not known, and papers that are handed in will say so. --text says it.")
    if checked.earlier_intake is not None:
        click.echo(f"  This very file is in already, as paper upload {checked.earlier_intake.id}.")


def _read_paper_text(runtime: Runtime, campaign: Campaign, answer: str, since: str) -> PaperText:
    choices, rules = validate.list_text_choices(runtime, campaign), validate.row_rules(campaign, runtime.now())
    try:
        version = read_text_choice(answer or UNKNOWN_TEXT, choices)
    except InvalidInputError:
        known = ", ".join(f"{choice.language}:{choice.number}" for choice in choices)
        raise click.UsageError(f"--text: there is no such version; write one of {known}, or {UNKNOWN_TEXT}.") from None
    try:
        return PaperText(version, read_first_day(since, rules.today, rules.last_day))
    except InvalidInputError as refused:
        raise click.UsageError(f"--since: {refused}") from None


def _mapping(text: str) -> dict[str, str]:
    try:
        return read_column_mapping(text)
    except InvalidInputError as refused:
        raise click.UsageError(f"--map: {refused}") from None


def _progress_bar(label: str, length: int) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
