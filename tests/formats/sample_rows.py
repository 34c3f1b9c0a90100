"""Signatures to export, made with one call, as the store gives their rows out."""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from campaign.domain.exports.plan import DEFAULT_COLUMNS, ordered_columns
from campaign.formats.row_batches import RowBatch, number_rows

COLUMNS_WITH_EMAIL = ordered_columns((*DEFAULT_COLUMNS, "email"))
HOSTILE_TEXTS = (
    '=HYPERLINK("https://evil.example","Ada")', "+44 20 7946 0000", "-1+1", "@SUM(A1)", "\tAda", "\rAda",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1",
    "Zoë 🦆 Brontë", "\U0001f469\u200d\U0001f467", "محمد بن سلمان", "\u05e9\u05e8\u05d4 \u200fכהן", "李小龍",
    "O’Neill & <b>Sons</b>", 'Mae "Mac" West', "two\nlines", " leading", "trailing ", "1,2;3", "'=1",
    "001", "1e5", "TRUE", "2026-01-01", "#REF!",
)  # fmt: skip
"""Texts that programs are known to take for something else."""


def signature_row(**changes: Any) -> dict[str, Any]:
    """A verified signature."""
    plain: dict[str, Any] = {
        "name": "Ada Lovelace", "email": "ada@example.org", "postcode": "SW1A 1AA", "country": "GB", "comment": "",
        "public": True, "updates": False, "signed_at": "2026-11-23T12:00:00Z", "verified_at": "2026-11-23T12:03:00Z",
        "source": "", "kind": "online", "state": "verified", "constituency": "",
    }  # fmt: skip
    return {**plain, **changes}


def row_batches(*signatures: dict[str, Any], names: Sequence[str] = DEFAULT_COLUMNS, size: int = 2) -> Iterator[RowBatch]:
    """Their rows, some at a time."""
    rows = [tuple(one[name] for name in names if name != "number") for one in signatures]
    return number_rows((rows[at : at + size] for at in range(0, len(rows), size)), names)


def written_bytes(
    write: Callable[..., None], *signatures: dict[str, Any], names: Sequence[str] = DEFAULT_COLUMNS, **more: Any
) -> bytes:
    """The file that a writer of some format makes of them."""
    out = io.BytesIO()
    write(out, row_batches(*signatures, names=names), names, **more)
    return out.getvalue()
