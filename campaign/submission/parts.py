"""What papers are made of beside words: the text as it was signed, figures, totals by area, supporters, rows to sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain import wording
from campaign.domain.areas import AREAS, area
from campaign.domain.countries import COUNTRIES
from campaign.domain.suppression import SMALLEST, withheld
from campaign.drawing.document import Document
from campaign.drawing.flow import Span
from campaign.drawing.leaves import MM
from campaign.drawing.rows import Column, Manner
from campaign.store import submissions
from campaign.store.history import Edition
from campaign.store.submissions import Supporter
from campaign.submission.facts import Facts
from campaign.submission.phrases import removed_words
from campaign.submission.recipients import Listing, Paper, Profile

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 2_000
"""Supporters read at once."""
_HEADS = {"postcode": "Postcode", "area": "From", "country": "Country", "comment": "Comment"}
_SHARES = {"postcode": 1.5, "area": 2.6, "country": 2.4, "comment": 6.0}
_HASHED = (
    "The hash is SHA-256 over the UTF-8 of the JSON list of the campaign’s address, the title, the recipient, what is asked "
    "and why, as they were written in Markdown, without spaces after the commas. Whoever has the text can work it out again."
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a part is made from."""

    connection: Connection
    facts: Facts
    profile: Profile
    paper: Paper
    answers: Mapping[str, str]
    progress: Callable[[int], None]
    """Told of every few names that were written, how many they were."""


def text(setting: Setting, document: Document) -> int:
    """Each version of the text that was signed, word for word, with its hash and how many signed it."""
    facts = setting.facts
    shown = [edition for edition in facts.editions if facts.signed.get(edition.text.hash) or _current(facts, edition)]
    document.paragraph(
        "This is the text as signatories had it before them, with every version of it that has signatures."
        if len(shown) > 1 else "This is the text as signatories had it before them. It was not changed since the first signed."
    )  # fmt: skip
    for at, edition in enumerate(shown):
        if at:
            document.turn()
        _version(setting, document, edition)
    missing = sum(facts.signed.values()) - sum(facts.signed.get(edition.text.hash, 0) for edition in shown)
    if missing > 0:
        document.paragraph(f"{wording.number(missing)} more signed older versions, which the campaign’s page can be asked for.")
    document.paragraph(_HASHED, size=8.5)
    return 0


def figures(setting: Setting, document: Document) -> int:
    """The numbers of the campaign, so that they can be checked against each other."""
    facts, zone = setting.facts, setting.facts.standing.zone
    standing = facts.standing
    rows = [("Verified signatures", wording.number(standing.signatures)), ("Of these online", wording.number(standing.online)),
            ("Of these on paper", wording.number(standing.paper))]  # fmt: skip
    rows += [(f"Removed: {words}", wording.number(amount)) for words, amount in removed_words(facts)]
    rows.append(("Entries of the ledger", wording.number(standing.sequence)))
    rows.append(("Versions of the text in all languages", wording.number(len(facts.editions))))
    rows += [(f"Goal of {wording.number(reached.goal)} reached", wording.moment(reached.reached_at, zone))
             for reached in standing.milestones]  # fmt: skip
    for label, at in (("First signature counted", facts.first_on), ("Last signature counted", facts.last_on)):
        if at is not None:
            rows.append((label, wording.day(at, zone)))
    rows.append(("Opened", wording.moment(standing.window.opens_at, zone)))
    rows.append(("Closes" if facts.state.value in ("open", "paused", "scheduled") else "Closed",
                 wording.moment(standing.window.closes_at, zone)))  # fmt: skip
    if facts.certified_at is not None:
        rows.append(("Total certified", wording.moment(facts.certified_at, zone)))
    document.heading("Figures", 2)
    document.table([Column("What", 3), Column("How many, or when", 2, number=True)], rows)
    document.heading("Signatures by version of the text", 2)
    document.table([Column("SHA-256 of the text", 5), Column("Signatures", 1, number=True)],
                   [(digest, wording.number(amount)) for digest, amount in facts.signed.items()])  # fmt: skip
    return 0


def areas(setting: Setting, document: Document) -> int:
    """Totals by country, postcode area and, where postcodes are looked up, constituency; small ones are not told."""
    facts = setting.facts
    # A country says less of a person than a constituency, and the campaign's open data names each with its number.
    _totals(
        document, "Countries", "Country", {COUNTRIES.get(code, code): amount for code, amount in facts.countries}, hide=False
    )
    document.paragraph(
        f"Of smaller areas, numbers below {SMALLEST} are not told, nor as many others as would let them be worked out: a few "
        "signatures from one place may be a few neighbours.", size=9,
    )  # fmt: skip
    named = {f"{line.key} – {AREAS.get(line.key, 'British Forces')}": line.verified for line in facts.areas if line.key}
    _totals(document, "Postcode areas of the United Kingdom", "Postcode area", named)
    _totals(document, "Constituencies", "Constituency",
            {total.name or "Without a constituency": total.verified for total in facts.constituencies})  # fmt: skip
    return 0


def supporters(setting: Setting, document: Document) -> int:
    """The list of supporters, in the order and detail that profile, campaigner and consents allow."""
    listing = setting.profile.listing
    names = setting.profile.listed(setting.answers.get("listed", ""))
    if listing is None or names == "none":
        document.paragraph("No supporter is listed by name.")
        return 0
    found = submissions.supporters(
        setting.connection, setting.facts.standing.id, listing.order, _BATCH, public_only=names == "public"
    )
    amount = submissions.listed(setting.connection, setting.facts.standing.id, public_only=names == "public")
    total = wording.number(setting.facts.standing.signatures)
    document.paragraph(f"{wording.number(amount)} name{'' if amount == 1 else 's'} of {total} verified signatures.")
    if not amount:
        return 0
    return document.table(_columns(listing, setting.facts), _rows(found, listing, setting.progress), _manner(listing))


def signatures(_setting: Setting, document: Document) -> int:
    """Rows to be signed by hand beneath the petition."""
    document.blanks([Column("Name", 3), Column("Address with postcode", 5), Column("Signature", 3)], 5, 14 * MM)
    return 0


PARTS: dict[str, Callable[[Setting, Document], int]] = {
    "text": text, "figures": figures, "areas": areas, "supporters": supporters, "signatures": signatures,
}  # fmt: skip


def _version(setting: Setting, document: Document, edition: Edition) -> None:
    facts, said = setting.facts, edition.text
    document.heading(said.title, 2)
    rows = [("Language", wording.language_name(edition.language)), ("Version", wording.number(edition.number)),
            ("Asked for from", wording.moment(edition.created_at, facts.standing.zone)),
            ("Signatures under it", wording.number(facts.signed.get(said.hash, 0))), ("SHA-256", said.hash)]  # fmt: skip
    if edition.reason:
        rows.append(("Why it was changed", edition.reason))
    document.table([Column("About this version", 2), Column("", 7)], rows)
    if said.recipient:
        document.paragraph([Span("To: ", "bold"), Span(said.recipient)])
    document.markdown(said.ask, top=3)
    if said.background.strip():
        document.heading("Background", 3)
        document.markdown(said.background, top=3)


def _current(facts: Facts, edition: Edition) -> bool:
    return any(version.text.hash == edition.text.hash for version in facts.standing.versions)


def _totals(document: Document, title: str, head: str, numbers: Mapping[str, int], *, hide: bool = True) -> None:
    if not numbers:
        return
    hidden = withheld(numbers) if hide else set()
    document.heading(title, 2)
    shown = [(name, wording.number(amount)) for name, amount in numbers.items() if name not in hidden]
    document.table([Column(head, 4), Column("Signatures", 1, number=True)], shown)
    if hidden:
        document.paragraph("Places with fewer signatures are left out.", size=9)


def _columns(listing: Listing, facts: Facts) -> list[Column]:
    digits = len(wording.number(max(facts.standing.signatures, 1_000)))
    return [Column("No.", 0.2 + 0.17 * digits, number=True), Column("Name", 4.2),
            *(Column(_HEADS[name], _SHARES[name]) for name in listing.columns)]  # fmt: skip


def _manner(listing: Listing) -> Manner:
    """Two rows beside each other where they are short."""
    short = sum(_SHARES[name] for name in listing.columns) <= 3
    return Manner(8.5, 11.5, 2 if short else 1, ruled=False)


def _rows(found: Iterator[Supporter], listing: Listing, progress: Callable[[int], None]) -> Iterator[list[str]]:
    number = 0
    for number, one in enumerate(found, 1):
        yield [f"{number:,}", one.name, *(_cell(one, name) for name in listing.columns)]
        if number % _BATCH == 0:
            progress(_BATCH)
    progress(number % _BATCH)


def _cell(one: Supporter, column: str) -> str:
    country = COUNTRIES.get(one.country, "")
    if column == "area":
        return area(one.postcode, one.country)
    if column == "postcode":
        # Who has none is most often from elsewhere, which is what it is asked for.
        return one.postcode or ("" if one.country == "GB" else country)
    return country if column == "country" else one.comment
