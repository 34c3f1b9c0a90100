"""Sheets of paper: numbered, tied to the version of the text that is printed on them, printed again the same at any time."""

from dataclasses import dataclass

from campaign.domain.actor import Actor
from campaign.domain.sheet import PROFILES
from campaign.domain.standing import Standing
from campaign.domain.text import Text
from campaign.intake.taking import accept
from campaign.runtime import Runtime
from campaign.store import audit, sheets
from campaign.store.sheets import Run, Sheet


@dataclass(frozen=True, slots=True)
class Printed:
    """A run of sheets, and what is printed on them."""

    text: Text
    sheets: tuple[Sheet, ...]


def make(runtime: Runtime, actor: Actor, standing: Standing, amount: int, rows: int, profile: str, language: str) -> int:
    """New sheets with what is signed now; returns the number of their run. Raises NotTaken where no paper is taken in.

    `profile` is one of `domain.sheet.PROFILES`.
    """
    version, now = standing.version(language), runtime.now()
    with runtime.transaction() as connection:
        accept(connection, standing.id)
        run, first, last = sheets.make(
            connection, standing.id, amount, text_hash=version.text.hash, language=version.language,
            profile=PROFILES[profile].key, rows=rows, made_by=actor.campaigner_id, now=now,
        )  # fmt: skip
        audit.record(
            connection, actor, "print sheets", now, campaign_id=standing.id, subject=f"run {run}",
            became={"first": first, "last": last, "rows": rows, "profile": profile},
        )  # fmt: skip
    return run


def runs(runtime: Runtime, standing: Standing) -> list[Run]:
    """The runs of a campaign, newest first."""
    with runtime.reading() as connection:
        return sheets.runs(connection, standing.id)


def find(runtime: Runtime, standing: Standing, run: int) -> Printed | None:
    """A run of a campaign; None where there is none."""
    with runtime.reading() as connection:
        found = sheets.of_run(connection, standing.id, run)
        text = sheets.text_of(connection, standing.id, found[0].text_hash) if found else None
    return Printed(text, tuple(found)) if text is not None else None
