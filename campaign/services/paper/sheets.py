"""Sheets of paper: numbered, tied to the version of the text that is printed on them, printed again the same at any time."""

from dataclasses import dataclass

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declaration_of
from campaign.domain.campaigns.text import SignedText
from campaign.domain.paper.sheet import SHEET_PROFILES
from campaign.runtime import Runtime
from campaign.services.paper.import_list import require_accepts_paper
from campaign.store.accounts import audit_log
from campaign.store.campaigns import statements
from campaign.store.paper import sheets
from campaign.store.paper.sheets import PrintRun, Sheet


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """A run of sheets, and what is printed on them."""

    text: SignedText
    sheets: tuple[Sheet, ...]
    statement: str = ""
    """Who may sign, as it is printed; "" where nothing is."""


def create_sheets(
    runtime: Runtime, actor: Actor, campaign: Campaign, amount: int, rows: int, profile: str, language: str
) -> int:
    """New sheets with what is signed now; returns the number of their run. Raises PaperNotAcceptedError where no paper is taken
    in.

    `profile` is one of `domain.paper.sheet.PROFILES`.
    """
    version, now = campaign.in_language(language), runtime.now()
    with runtime.transaction() as connection:
        require_accepts_paper(connection, campaign.id)
        run, first, last = sheets.create_sheets(
            connection, campaign.id, amount, text_hash=version.text.hash, language=version.language,
            profile=SHEET_PROFILES[profile].key, rows=rows, created_by=actor.campaigner_id, now=now,
            # By signing everybody declares what is required of all; else each line has a box to tick.
            declaration=declaration_of(campaign.eligibility.in_language(language), is_ticked=campaign.eligibility.is_required),
        )  # fmt: skip
        audit_log.record(
            connection, actor, "print sheets", now, campaign_id=campaign.id, subject=f"run {run}",
            after={"first": first, "last": last, "rows": rows, "profile": profile},
        )  # fmt: skip
    return run


def list_runs(runtime: Runtime, campaign: Campaign) -> list[PrintRun]:
    """The runs of a campaign, newest first."""
    with runtime.reading() as connection:
        return sheets.list_print_runs(connection, campaign.id)


def get_run(runtime: Runtime, campaign: Campaign, run_number: int) -> PrintedRun | None:
    """A run of a campaign; None where there is none."""
    with runtime.reading() as connection:
        found = sheets.list_sheets_of_run(connection, campaign.id, run_number)
        text = sheets.get_text(connection, campaign.id, found[0].text_hash) if found else None
        words = statements.words_by_number(statements.list_statements(connection, campaign.id))
    statement = words.get(abs(found[0].declaration), "") if found else ""
    return PrintedRun(text, tuple(found), statement) if text is not None else None
