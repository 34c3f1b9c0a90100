"""A campaign that people of many languages have signed, and its papers read back."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services import submissions
from campaign.services.ledger import count
from campaign.services.submissions import papers
from campaign.services.submissions.papers import WrittenPaper
from campaign.store.signatures import signatures
from tests.support import factories

SIGNATORY_NAMES = (
    "Ada Lovelace", "Siân Ŵyn Jones", "Łukasz Żak", "Πέτρος Νικολάου", "Иван Петров", "محمد علي", "שרה כהן", "李小龍",
    "山田太郎", "김민수", "सीता देवी", '=HYPERLINK("http://evil.example")', "*Robert* [link](http://evil.example)",
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh the Third of Somewhere upon Sea",
)  # fmt: skip
POSTCODES_AND_COUNTRIES = (("SW1A 1AA", "GB"), ("OX1 1AA", "GB"), ("", "FR"))


def add_signatures(
    runtime: Runtime, campaign: Campaign, names: Sequence[str] = SIGNATORY_NAMES, *, times: int = 3,
    places: Sequence[tuple[str, str]] = POSTCODES_AND_COUNTRIES, first_number: int = 0,
) -> None:  # fmt: skip
    """Verified signatures: each name so often, every second one public, counted. Their addresses are numbered from `after`."""
    with runtime.transaction() as connection:
        for number, name in enumerate(list(names) * times, first_number):
            postcode, country = places[number % len(places)]
            given = factories.sign_form_data(
                f"p{number}-{campaign.slug}@example.org", name=name, public=number % 2 == 0, postcode=postcode, country=country
            )
            signatures.sign_only(
                connection, campaign.id, campaign.text.hash, given, f"box{number}", f"{number:016x}", runtime.now()
            )  # fmt: skip
        connection.execute(text("UPDATE signatures SET state = 'verified', verified_at = signed_at WHERE state = 'pending'"))
    count.advance_ledgers(runtime)


def write_papers(runtime: Runtime, campaign: Campaign, key: str, folder: Path, **options: str) -> list[WrittenPaper]:
    """The papers of a profile in a folder of that name."""
    place = folder / key
    place.mkdir()
    with runtime.snapshot() as connection:
        facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
        return papers.write_papers(runtime, connection, submissions.get_profile(key), facts, options, place)


def pdf_pages(path: Path) -> list[str]:
    """What each page of a PDF says, its white space alike."""
    document = pypdfium2.PdfDocument(io.BytesIO(path.read_bytes()))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def papers_text(folder: Path) -> str:
    """What all papers in a folder say."""
    return "\n".join(page for path in sorted(folder.glob("*.pdf")) for page in pdf_pages(path))
