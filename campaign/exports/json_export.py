"""JSON: one object with the campaign and a list of signatures, a line each, so that it can be read as a stream too."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TextIO

from campaign.exports.rows import Row, time_text


def write_json(out: TextIO, rows: Iterable[Row], *, slug: str, text_hash: str) -> None:
    """Write rows to a text file."""
    out.write('{"campaign": ' + json.dumps(slug) + ', "text_hash": ' + json.dumps(text_hash) + ', "signatures": [')
    separator = "\n"
    for row in rows:
        out.write(separator + json.dumps(row, ensure_ascii=False, default=_text))
        separator = ",\n"
    out.write("\n]}\n")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return time_text(value)
    raise TypeError(type(value).__name__)
