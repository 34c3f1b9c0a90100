"""A campaign that people of many languages have signed, and its papers read back."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from sqlalchemy import text

from campaign import counting, submission
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import signatures
from campaign.submission import Written
from tests import factories

NAMES = (
    "Ada Lovelace", "Siân Ŵyn Jones", "Łukasz Żak", "Πέτρος Νικολάου", "Иван Петров", "محمد علي", "שרה כהן", "李小龍",
    "山田太郎", "김민수", "सीता देवी", '=HYPERLINK("http://evil.example")', "*Robert* [link](http://evil.example)",
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh the Third of Somewhere upon Sea",
)  # fmt: skip
PLACES = (("SW1A 1AA", "GB"), ("OX1 1AA", "GB"), ("", "FR"))


def sign(
    runtime: Runtime, standing: Standing, names: Sequence[str] = NAMES, *, times: int = 3,
    places: Sequence[tuple[str, str]] = PLACES, after: int = 0,
) -> None:  # fmt: skip
    """Verified signatures: each name so often, every second one public, counted. Their addresses are numbered from `after`."""
    with runtime.transaction() as connection:
        for number, name in enumerate(list(names) * times, after):
            postcode, country = places[number % len(places)]
            given = factories.submission(
                f"p{number}-{standing.slug}@example.org", name=name, public=number % 2 == 0, postcode=postcode, country=country
            )
            signatures.sign(
                connection, standing.id, standing.text.hash, given, f"box{number}", f"{number:016x}", runtime.now()
            )  # fmt: skip
        connection.execute(text("UPDATE signatures SET state = 'verified', verified_at = signed_at WHERE state = 'pending'"))
    counting.advance_all(runtime)


def write(runtime: Runtime, standing: Standing, key: str, folder: Path, **options: str) -> list[Written]:
    """The papers of a profile in a folder of that name."""
    place = folder / key
    place.mkdir()
    with runtime.snapshot() as connection:
        return submission.write(runtime, connection, standing, submission.profile(key), options, place)


def read(path: Path) -> list[str]:
    """What each page of a PDF says, its white space alike."""
    document = pypdfium2.PdfDocument(io.BytesIO(path.read_bytes()))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def words(folder: Path) -> str:
    """What all papers in a folder say."""
    return "\n".join(page for path in sorted(folder.glob("*.pdf")) for page in read(path))
