"""`countersign submission`: the printable papers for whom a campaign is handed to, and whether its rules are kept."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.services import submissions
from campaign.services.submissions import Finding, Profile, papers, unprintable

_LEVEL_LABELS = {"good": "in order", "warn": "think of this", "wrong": "put this right"}


@click.command(name="submission")
@click.argument("slug")
@click.option("--profile", "key", default="", help="Whom it is handed to; suggested by whom the campaign asks.")
@click.option("--out", default="", help="The folder the PDFs are written to; it is made where it is not there.")
@click.option("--check", is_flag=True, help="Only say which rules of the recipient are kept.")
def submission_command(slug: str, key: str, out: str, *, check: bool) -> None:
    """Write the papers a recipient gets as PDFs, ready to be printed; with --check, say what they still need.

    Salutation, contact and the words of the petition are decided at the desk. Only you may read what is written. With --check
    the exit code is 1 where something must be put right.
    """
    if not check and not out:
        raise click.UsageError("say with --out where the papers go, or --check for the rules alone")
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        profile = _find_profile(key) if key else submissions.suggested_profile(campaign.recipient_kind)
        with runtime.snapshot() as connection:
            options = submissions.get_options(connection, campaign.id, profile)
            facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=not check)
            if check:
                answers = submissions.answers_or_defaults(profile, facts, options)
                lacking = unprintable.find_unprintable(connection, facts.campaign, profile, answers)
                found = submissions.run_checks(profile, facts, options)
                if lacking.numbers:
                    do = "The papers spell them by their code points; the list in the pack has them as they were typed."
                    found.append(Finding("warn", lacking.sentence, do))
                _print_findings(profile, found)
                return
            with (
                _output_folder(out) as folder,
                click.progressbar(length=campaign.verified, label=f"Writing {slug}", file=sys.stderr,
                                  hidden=not sys.stderr.isatty()) as bar,
            ):  # fmt: skip
                written = papers.write_papers(runtime, connection, profile, facts, options, folder, bar.update)
        submissions.record_written(runtime, COMMAND_LINE, campaign, profile, written)
    for paper in written:
        names = f", {paper.rows:,} names" if paper.rows else ""
        click.echo(f"{Path(out) / paper.name}: {paper.pages:,} page{'' if paper.pages == 1 else 's'}{names}")


def _find_profile(key: str) -> Profile:
    try:
        return submissions.get_profile(key)
    except LookupError as error:
        raise click.ClickException(f"--profile: {error.args[0]}") from None


def _print_findings(profile: Profile, findings: list[Finding]) -> None:
    click.echo(f"{profile.name}\n{' '.join(profile.accepts_words.split())}\n")
    for finding in findings:
        click.echo(f"{_LEVEL_LABELS[finding.level]}: {finding.words}{' ' + finding.do if finding.do else ''}")
    wrong = sum(finding.level == "wrong" for finding in findings)
    if wrong:
        raise click.ClickException(f"{wrong} thing{'' if wrong == 1 else 's'} must be put right before handing in")


@contextmanager
def _output_folder(out: str) -> Iterator[Path]:
    """A folder to write into; what is in it comes to `out` once all of it is whole. Nothing else there is touched."""
    wanted = Path(out)
    try:
        wanted.mkdir(mode=0o700, exist_ok=True)
        making = tempfile.TemporaryDirectory(prefix=".countersign.", dir=wanted)
    except OSError as error:
        raise click.ClickException(f"--out: {wanted} cannot be written to ({error.strerror}); choose another folder") from None
    with making as made:
        yield Path(made)
        for paper in sorted(Path(made).iterdir()):
            paper.chmod(0o600)
            shutil.move(paper, wanted / paper.name)
