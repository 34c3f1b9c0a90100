"""Sections of papers beside words: the text as it was signed, figures, totals by area, supporters, rows to sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.common import formatting
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.places.suppression import MIN_SHOWN, suppressed_keys
from campaign.rendering.document import Document, blank_table_height
from campaign.rendering.line_breaking import Span
from campaign.rendering.pages import MM
from campaign.rendering.tables import Column, TableStyle
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.paper_texts import labelled_removals
from campaign.services.submissions.profiles import Paper, Profile
from campaign.services.submissions.supporters import SUPPORTERS_PER_QUERY, SupporterList, supporter_list
from campaign.services.submissions.unprintable import UnprintableRows
from campaign.store.campaigns.text_versions import TextVersion

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COLUMN_HEADINGS = {"postcode": "Postcode", "area": "From", "country": "Country", "comment": "Comment", "declared": "Declared"}
_COLUMN_WIDTHS = {"postcode": 1.8, "area": 2.6, "country": 2.4, "comment": 6.0, "declared": 1.8}
_MAX_SHORT_WIDTH = 3.6
"""The columns beside a name, where two rows stand beside each other: postcode and what was declared fit on a line each."""
_ROW_HEIGHT = 14 * MM
"""Points of a row to be signed by hand."""
_MIN_ROWS = 5
"""Rows to sign beneath the petition; more where the page has room for them."""
_HASH_NOTE = (
    "The hash is SHA-256 over the UTF-8 of the JSON list of the last part of the campaign’s address, the title, the recipient, "
    "what is asked and why, as they were written in Markdown, without spaces after the commas. Anyone with the text can work "
    "it out again."
)


@dataclass(frozen=True, slots=True)
class SectionContext:
    """Context that a section is made from."""

    connection: Connection
    facts: SubmissionFacts
    profile: Profile
    paper: Paper
    answers: Mapping[str, str]
    progress: Callable[[int], None]
    """Told of every few names that were written, how many they were."""


def text_section(context: SectionContext, document: Document) -> int:
    """Each version of the text that was signed, word for word, with its hash and how many signed it."""
    facts = context.facts
    shown = [
        edition for edition in facts.editions if facts.signatures_by_text.get(edition.text.hash) or _current(facts, edition)
    ]
    document.paragraph(
        "This is the text as it stood on the campaign’s page, with every version of it that has signatures."
        if len(shown) > 1 else "This is the text as it stands on the campaign’s page, unchanged since the first signed."
    )  # fmt: skip
    for at, edition in enumerate(shown):
        if at:
            document.new_page()
        _version(context, document, edition)
    unknown = facts.signatures_by_text.get("", 0)
    if unknown:
        document.paragraph(
            f"{formatting.format_number(unknown)} more signed on paper of which it is not known which version of the text it "
            "carried."
        )
    missing = (
        sum(facts.signatures_by_text.values())
        - unknown
        - sum(facts.signatures_by_text.get(edition.text.hash, 0) for edition in shown)
    )
    if missing > 0:
        document.paragraph(
            f"{formatting.format_number(missing)} more signed older versions, which the campaign’s page can be asked for."
        )
    document.paragraph(_HASH_NOTE, size=8.5)
    return 0


def figures_section(context: SectionContext, document: Document) -> int:
    """The numbers of the campaign, so that they can be checked against each other."""
    facts, zone = context.facts, context.facts.campaign.zone
    campaign = facts.campaign
    rows = [
        ("Verified signatures", formatting.format_number(campaign.signatures)),
        ("Of these online", formatting.format_number(campaign.online)),
        ("Of these on paper", formatting.format_number(campaign.paper)),
    ]
    rows += [(f"Removed: {words}", formatting.format_number(amount)) for words, amount in labelled_removals(facts)]
    rows += _declared_rows(facts)
    rows.append(("Entries of the ledger", formatting.format_number(campaign.sequence)))
    rows.append(("Versions of the text in all languages", formatting.format_number(len(facts.editions))))
    rows += [(f"Goal of {formatting.format_number(reached.goal)} reached", formatting.format_moment(reached.reached_at, zone))
             for reached in campaign.milestones]  # fmt: skip
    for label, at in (("First signature counted", facts.first_counted_at), ("Last signature counted", facts.last_counted_at)):
        if at is not None:
            rows.append((label, formatting.format_day(at, zone)))
    rows.append(("Opened", formatting.format_moment(campaign.window.opens_at, zone)))
    rows.append(("Closes" if facts.state.value in ("open", "paused", "scheduled") else "Closed",
                 formatting.format_deadline(campaign.window.closes_at, zone)))  # fmt: skip
    if facts.certified_at is not None:
        rows.append(("Total certified", formatting.format_moment(facts.certified_at, zone)))
    document.heading("Figures", 2)
    document.table([Column("What", 3), Column("How many, or when", 2, right_aligned=True)], rows)
    document.heading("Signatures by version of the text", 2)
    document.table(
        [Column("SHA-256 of the text", 5), Column("Signatures", 1, right_aligned=True)],
        [
            (digest or "On paper, text not known", formatting.format_number(amount))
            for digest, amount in facts.signatures_by_text.items()
        ],
    )
    return 0


def areas_section(context: SectionContext, document: Document) -> int:
    """Totals by country, postcode area and, where postcodes are looked up, constituency; small ones are not told."""
    facts = context.facts
    # A country says less of a person than a constituency, and the campaign's open data names each with its number.
    _totals(
        document, "Countries", "Country", {COUNTRIES.get(code, code): amount for code, amount in facts.countries}, hide=False
    )
    document.paragraph(
        f"Of smaller areas, numbers below {MIN_SHOWN} are not told, nor as many others as would let them be worked out: a few "
        "signatures from one place may be a few neighbours.", size=9,
    )  # fmt: skip
    named = {
        f"{line.key} – {POSTCODE_AREAS.get(line.key, 'British Forces')}": line.verified for line in facts.areas if line.key
    }
    _totals(document, "Postcode areas of the United Kingdom", "Postcode area", named)
    _totals(document, "Constituencies", "Constituency",
            {total.name or "Without a constituency": total.verified for total in facts.constituencies})  # fmt: skip
    return 0


def supporters_section(context: SectionContext, document: Document) -> int:
    """The list of supporters, in the order and detail that profile, campaigner and consents allow."""
    found = supporter_list(context.connection, context.facts.campaign, context.profile, context.answers)
    listing = context.profile.listing
    if found is None or listing is None:
        document.paragraph("No supporter is listed by name.")
        return 0
    amount, campaign = formatting.format_number(found.size), context.facts.campaign
    total = formatting.format_number(campaign.online if listing.online_only else campaign.signatures)
    given = " given online" if listing.online_only else ""
    if not found.size:
        document.paragraph(f"{found.nobody} The number of verified signatures{given} is {total}.")
        return 0
    document.paragraph(f"{amount} name{'' if found.size == 1 else 's'} of {total} verified signatures{given}.")
    unprintable = UnprintableRows()
    rows = unprintable.watch(_numbered(found, context.progress))
    written = document.table(_columns(found, context.facts), rows, _table_style(found))
    if unprintable.numbers:
        document.heading("Letters that this paper cannot print", 2)
        document.paragraph(f"{unprintable.sentence} Here those letters are spelled by their code points in Unicode.")
        document.table([Column("No.", 1, right_aligned=True), Column("Name", 6)], unprintable.spelled)
    return written


def signatures_section(context: SectionContext, document: Document) -> int:
    """Rows to be signed by hand beneath the petition."""
    document.blank_table([Column(*heading) for heading in context.profile.row_headings], _MIN_ROWS, _ROW_HEIGHT)
    return 0


ROOM_FOR_SIGNATURES = blank_table_height(_MIN_ROWS, _ROW_HEIGHT)
"""Points that the rows to be signed by hand take at least."""
SECTIONS: dict[str, Callable[[SectionContext, Document], int]] = {
    "text": text_section,
    "figures": figures_section,
    "areas": areas_section,
    "supporters": supporters_section,
    "signatures": signatures_section,
}


def _declared_rows(facts: SubmissionFacts) -> list[tuple[str, str]]:
    """Signatures by what was declared of who may sign, for each wording; none where nobody was ever asked."""
    rows = []
    for statement, ticked, unticked in facts.statements:
        if ticked or unticked:
            rows.append((f"Declared “{statement.words}”", formatting.format_number(ticked)))
            rows.append(
                (f"Shown that statement and did not declare it: “{statement.words}”", formatting.format_number(unticked))
            )
    if rows:
        rows.append(("Not asked for a statement of who may sign", formatting.format_number(facts.eligibility.not_asked)))
    return rows


def _version(context: SectionContext, document: Document, edition: TextVersion) -> None:
    facts, said = context.facts, edition.text
    document.heading(said.title, 2)
    rows = [
        ("Language", formatting.language_name(edition.language)),
        ("Version", formatting.format_number(edition.number)),
        ("Asked for from", formatting.format_moment(edition.created_at, facts.campaign.zone)),
        ("Signatures under it", formatting.format_number(facts.signatures_by_text.get(said.hash, 0))),
        ("SHA-256", said.hash),
    ]
    if edition.reason:
        rows.append(("Why it was changed", edition.reason))
    document.table([Column("About this version", 2), Column("", 7)], rows)
    if said.recipient:
        document.paragraph([Span("To: ", "bold"), Span(said.recipient)])
    document.markdown(said.ask, top=3)
    if said.background.strip():
        document.heading("Background", 3)
        document.markdown(said.background, top=3)


def _current(facts: SubmissionFacts, edition: TextVersion) -> bool:
    return any(version.text.hash == edition.text.hash for version in facts.campaign.versions)


def _totals(document: Document, title: str, head: str, numbers: Mapping[str, int], *, hide: bool = True) -> None:
    if not numbers:
        return
    hidden = suppressed_keys(numbers) if hide else set()
    document.heading(title, 2)
    shown = [(name, formatting.format_number(amount)) for name, amount in numbers.items() if name not in hidden]
    if shown:
        document.table([Column(head, 4), Column("Signatures", 1, right_aligned=True)], shown)
    if hidden:
        left_out = "Places with fewer signatures are left out." if shown else "No place has enough signatures to be told."
        document.paragraph(left_out, size=9)


def _columns(found: SupporterList, facts: SubmissionFacts) -> list[Column]:
    digits = len(formatting.format_number(max(facts.campaign.signatures, 1_000)))
    return [Column("No.", 0.2 + 0.17 * digits, right_aligned=True), Column("Name", 4.2),
            *(Column(_COLUMN_HEADINGS[name], _COLUMN_WIDTHS[name]) for name in found.columns[1:])]  # fmt: skip


def _table_style(found: SupporterList) -> TableStyle:
    """Two rows beside each other where they are short."""
    short = sum(_COLUMN_WIDTHS[name] for name in found.columns[1:]) <= _MAX_SHORT_WIDTH
    return TableStyle(8.5, 11.5, 2 if short else 1, ruled=False)


def _numbered(found: SupporterList, progress: Callable[[int], None]) -> Iterator[list[str]]:
    number = 0
    for number, cells in enumerate(found.rows, 1):
        yield [f"{number:,}", *cells]
        if number % SUPPORTERS_PER_QUERY == 0:
            progress(SUPPORTERS_PER_QUERY)
    progress(number % SUPPORTERS_PER_QUERY)
