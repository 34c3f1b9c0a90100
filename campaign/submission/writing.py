"""Writing the papers of a submission: PDFs ready to be printed, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.config import site_name
from campaign.domain import wording
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.drawing.document import Document
from campaign.drawing.leaves import Binding
from campaign.runtime import Runtime
from campaign.submission.facts import Facts, gather
from campaign.submission.parts import PARTS, Setting
from campaign.submission.phrases import answers, written
from campaign.submission.recipients import Paper, Profile

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Written:
    """One PDF that was written."""

    name: str
    """Of the file in the folder."""
    pages: int
    rows: int
    """Names in it; 0 where it lists none."""


def write(
    runtime: Runtime, connection: Connection, standing: Standing, profile: Profile, options: Mapping[str, str], folder: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Written]:  # fmt: skip
    """Write a profile's papers into a folder that is there. See `campaign.submission`.

    `progress` is told of every few thousand names that were written; what it raises ends the work. Raises Refused.
    """
    if not profile.papers:
        raise Refused("%(name)s takes no papers: only its own online system.", name=profile.name)
    facts = gather(runtime, connection, standing.id, whole=True)
    given = answers(profile, facts, options)
    done = []
    for paper in profile.papers:
        with (folder / f"{paper.file}.pdf").open("wb") as out:
            document = Document(out, binding(runtime, facts, paper))
            rows = _write(Setting(connection, facts, profile, paper, given, progress), document)
            done.append(Written(f"{paper.file}.pdf", document.finish(), rows))
    return done


def binding(runtime: Runtime, facts: Facts, paper: Paper) -> Binding:
    """What stands on each page of a paper."""
    title, zone = facts.standing.version("en").text.title, facts.standing.zone
    # The petition itself has no figure in it that could change.
    notes = [paper.note, "" if paper.part == "signatures" else provisional(facts)]
    return Binding(
        title=f"{paper.title}: {title}", head=title, side=paper.title,
        note=" · ".join(note for note in notes if note),
        foot=f"{facts.address.partition('//')[2]} · as of {wording.moment(facts.as_of, zone)}",
        author=site_name(runtime.settings),
    )  # fmt: skip


def provisional(facts: Facts) -> str:
    """What every page says while the total may still change; empty once it is certified."""
    return f"Provisional, as of {wording.moment(facts.as_of, facts.standing.zone)}" if facts.provisional else ""


def _write(setting: Setting, document: Document) -> int:
    paper = setting.paper
    if paper.words:
        document.markdown(written(setting.profile, paper.words, setting.facts, setting.answers), top=1)
    return PARTS[paper.part](setting, document) if paper.part else 0
