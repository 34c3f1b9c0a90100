"""Folded letters: what is stored for comparing and searching is folded further, so that "Łukasz" and "Lukasz" are one.

What was folded before is folded on: the table below is all that the new folding adds to the old one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "q",
    "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƒ": "f", "ɠ": "g", "ɣ": "g", "ƙ": "k", "ƴ": "y", "ʋ": "v",
    "ɨ": "i", "ʉ": "u", "ɩ": "i", "ʊ": "u", "ɲ": "n", "ƀ": "b", "ǥ": "g", "ƶ": "z", "ǝ": "e", "ⱡ": "l", "ƚ": "l", "ɫ": "l",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "ꞌ": "'", "′": "'",
    "‐": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "־": "-", "·": "",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
}  # fmt: skip
_KEY_LENGTH = 120
_LETTERS_AT_ONCE = 20
_COLUMNS = (("signatures", "name_key"), ("signatures", "surname_key"), ("campaigns", "search_text"))


def upgrade() -> None:
    """Fold what is stored; rows without any of the letters are not touched."""
    for table, column in _COLUMNS:
        _fold(table, column, "")
    # The subject of a flag on a name is a folded name.
    _fold("flags", "subject", " AND kind = 'name'")


def _fold(table: str, column: str, condition: str) -> None:
    is_postgresql, pairs = op.get_bind().dialect.name == "postgresql", list(_LETTERS.items())
    # SQLite reads no statement that is nested a hundred times.
    for start in range(0, len(pairs), _LETTERS_AT_ONCE):
        given: dict[str, str] = {}
        some, folded = pairs[start : start + _LETTERS_AT_ONCE], column
        for number, (old, new) in enumerate(some):
            given |= {f"old{number}": old, f"new{number}": new}
            folded = f"replace({folded}, :old{number}, :new{number})"
        if column.endswith("_key"):
            folded = f"substr({folded}, 1, {_KEY_LENGTH})"
        letters = "".join(old for old, _ in some)
        found = f"{column} ~ :letters" if is_postgresql else f"{column} GLOB :letters"
        given["letters"] = f"[{letters}]" if is_postgresql else f"*[{letters}]*"
        op.get_bind().execute(sa.text(f"UPDATE {table} SET {column} = {folded} WHERE {found}{condition}"), given)  # noqa: S608 - all of it is ours
