"""Writing the papers of a submission: PDFs ready to be printed, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.config import site_name
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.document import Document
from campaign.rendering.pages import HeaderFooter
from campaign.runtime import Runtime
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.paper_texts import answers_or_defaults, render_text
from campaign.services.submissions.profiles import Paper, Profile
from campaign.services.submissions.sections import ROOM_FOR_SIGNATURES, SECTIONS, SectionContext

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class WrittenPaper:
    """One PDF that was written."""

    name: str
    """Of the file in the folder."""
    pages: int
    rows: int
    """Names in it; 0 where it lists none."""


@dataclass(frozen=True, slots=True)
class _FrameWords:
    """Words of pages beside those of their paper, in one language."""

    as_of: str
    provisional: str
    page_number: str


_FRAME_WORDS = {
    "en": _FrameWords("as of", "Provisional, as of", "Page %(number)d of %(pages)d"),
    "de": _FrameWords("Stand:", "Vorläufig, Stand:", "Seite %(number)d von %(pages)d"),
}


def write_papers(
    runtime: Runtime, connection: Connection, profile: Profile, facts: SubmissionFacts, options: Mapping[str, str],
    folder: Path, progress: Callable[[int], None] = lambda _: None,
) -> list[WrittenPaper]:  # fmt: skip
    """Write a profile's papers into a folder that is there. See `campaign.services.submissions`.

    `facts` are gathered with the signed versions, over the same connection.
    `progress` is told of every few thousand names that were written; what it raises ends the work. Raises InvalidInputError.
    """
    if not profile.papers:
        raise InvalidInputError("%(name)s takes no papers: only its own online system.", name=profile.name)
    given = answers_or_defaults(profile, facts, options)
    done = []
    for paper in profile.papers:
        with (folder / f"{paper.file}.pdf").open("wb") as out:
            document = Document(out, page_frame(runtime, facts, profile, paper))
            rows = _write_paper(SectionContext(connection, facts, profile, paper, given, progress), document)
            done.append(WrittenPaper(f"{paper.file}.pdf", document.finish(), rows))
    return done


def page_frame(runtime: Runtime, facts: SubmissionFacts, profile: Profile, paper: Paper) -> HeaderFooter:
    """What stands on each page of a paper."""
    title, zone = facts.campaign.in_language(profile.language).text.title, facts.campaign.zone
    words = _FRAME_WORDS[profile.language]
    if paper.plain:
        return HeaderFooter(
            title=f"{paper.title}: {title}", header_left="", header_right="", author=site_name(runtime.settings),
            language=profile.language, page_number=words.page_number,
        )  # fmt: skip
    # The petition itself has no figure in it that could change.
    notes = [paper.note, "" if paper.part == "signatures" else provisional_note(facts, profile.language)]
    as_of = formatting.format_moment(facts.as_of, zone, profile.language)
    return HeaderFooter(
        title=f"{paper.title}: {title}", header_left=title, header_right=paper.title,
        warning=" · ".join(note for note in notes if note),
        footer=f"{facts.address.partition('//')[2]} · {words.as_of} {as_of}",
        author=site_name(runtime.settings), language=profile.language, page_number=words.page_number,
    )  # fmt: skip


def provisional_note(facts: SubmissionFacts, language: str) -> str:
    """What every page says while the total may still change; empty once it is certified."""
    as_of = formatting.format_moment(facts.as_of, facts.campaign.zone, language)
    return f"{_FRAME_WORDS[language].provisional} {as_of}" if facts.provisional else ""


def _write_paper(context: SectionContext, document: Document) -> int:
    paper = context.paper
    if paper.words:
        words = render_text(context.profile, paper.words, context.facts, context.answers)
        if paper.part == "signatures":
            document.markdown(words, top=1, room_after=ROOM_FOR_SIGNATURES)
        else:
            document.markdown(words, top=1)
    return SECTIONS[paper.part](context, document) if paper.part else 0
