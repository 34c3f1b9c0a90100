"""Signatures on paper: how they are told apart from those given online, and one of them read as it was written down.

A row of a list is read by the same rules as the form on the campaign's page. Whoever wrote it down did not know them, so what
is only of use is left out where it cannot be read, and what makes a signature is refused with words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.domain.address import Address, read_address
from campaign.domain.countries import COUNTRIES
from campaign.domain.names import read_comment, read_name
from campaign.domain.paper_dates import read_date
from campaign.domain.places import read_country, read_postcode
from campaign.domain.refusal import Refused
from campaign.domain.search import folded
from campaign.domain.standing import Asked

ONLINE, PAPER = "online", "paper"
"""How a signature was given."""
UNDONE = "undone"
"""The kind of reason of signatures whose intake was taken back. The public is not told of them as of removed ones: nobody has
judged them, they were brought in by mistake."""
SOURCE = "paper"
"""Where signatures on paper came from."""

_YES = frozenset(["yes", "y", "true", "t", "1", "x", "on", "ok", "ticked", "agreed", "ja", "oui", "si", "ie", "ydw", *"✓✔☑✅"])
_NO = frozenset(["no", "n", "false", "f", "0", "off", "none", "nein", "non", "na", "nage", *"-–—☐/"])
_BY_NAME = {re.sub(r"\W+", " ", folded(name)).strip(): code for code, name in COUNTRIES.items()} | dict.fromkeys(
    ("uk", "u k", "great britain", "britain", "england", "scotland", "wales", "cymru", "northern ireland", "y deyrnas unedig"),
    "GB",
) | {"usa": "US", "u s a": "US", "united states of america": "US", "eire": "IE", "republic of ireland": "IE"}  # fmt: skip
_POSTCODE_IN = re.compile(
    r"\b([A-Z]{1,2}[0-9][0-9A-Z]?\s*[0-9][A-Z]{2}|BFPO\s*[0-9]{1,4})\W*(?:UK|UNITED KINGDOM|ENGLAND|SCOTLAND|WALES)?\W*$"
)
"""A postcode at the end of an address."""
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A signature on paper, read and found good."""

    line: int
    """Of the file, or of the sheet."""
    name: str
    country: str
    postcode: str
    comment: str = ""
    public: bool = False
    updates: bool = False
    email: str = ""
    """Empty where no address was given, or none may be kept."""
    email_key: str = ""
    """Canonical; also there where the address may not be kept: for finding who has signed online, and for nothing else."""
    signed_on: str = ""
    """The date on the paper, as 2027-03-31; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are read by."""

    asked: Asked
    today: date
    """The day it is where the campaign is."""
    last_day: date
    """The day of the deadline there."""
    country: str = "GB"
    """Of rows that do not say."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """Why a row makes no signature: words by field."""

    line: int
    errors: Mapping[str, str]

    @property
    def words(self) -> str:
        """All of it on one line."""
        return " ".join(f"{name}: {words}" for name, words in self.errors.items())


def read_row(line: int, row: Mapping[str, object], rules: Rules) -> tuple[Entry | WrongRow, tuple[str, ...]]:
    """Read one row by the names of its fields (`paper_columns`), and what was left out of it, in words."""
    typed = {name: text_of(value) for name, value in row.items()}
    errors: dict[str, str] = {}
    noted: list[str] = []
    name = country = postcode = comment = signed_on = ""
    try:
        name = read_name(typed.get("name", "") or f"{typed.get('first_name', '')} {typed.get('last_name', '')}")
    except Refused as refused:
        errors["name"] = _said(refused, typed.get("name", ""))
    try:
        country = _country(typed.get("country", ""), rules)
    except Refused as refused:
        errors["country"] = _said(refused, typed.get("country", ""))
    else:
        try:
            postcode = _postcode(typed, country, rules.asked)
        except Refused as refused:
            errors["postcode"] = _said(refused, typed.get("postcode", "") or typed.get("address", ""))
    try:
        signed_on = read_date(_as_date(row.get("date")), rules.today, rules.last_day)
    except Refused as refused:
        errors["date"] = _said(refused, typed.get("date", ""))
    if rules.asked.comment != "no":
        try:
            comment = read_comment(typed.get("comment", ""))
        except Refused:
            noted.append("a comment that cannot be stored was left out")
    public, updates = (_consent(typed.get(field, ""), field, noted) for field in ("public", "updates"))
    address = _address(typed.get("email", ""), noted)
    if errors:
        return WrongRow(line, errors), ()
    if address is None or not updates:
        if updates:
            noted.append("they want to be mailed, but there is no address")
        kept = ""
    else:
        kept = address.typed
    key = address.key if address else ""
    return Entry(line, name, country, postcode, comment, public, bool(kept), kept, key, signed_on), tuple(noted)


def is_blank(row: Mapping[str, object]) -> bool:
    """Whether there is nothing in a row."""
    return not any(text_of(value) for value in row.values())


def text_of(value: object) -> str:
    """What a cell says."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
    return str(value).strip()


def read_consent(text: str) -> bool | None:
    """Yes or no in any usual spelling, no where nothing is written; None for anything else."""
    word = folded(text).strip(" .!()[]")
    if word in _YES:
        return True
    return False if not word or word in _NO else None


def _as_date(value: object) -> object:
    return value if isinstance(value, date) else text_of(value)


def _country(text: str, rules: Rules) -> str:
    if rules.asked.country == "no":
        return ""
    if not text:
        return rules.country
    if len(text) == 2 and text.upper() in COUNTRIES:
        return text.upper()
    found = _BY_NAME.get(re.sub(r"\W+", " ", folded(text)).strip())
    return found or read_country(text)


def _postcode(typed: Mapping[str, str], country: str, asked: Asked) -> str:
    text = typed.get("postcode", "")
    if not text and (found := _POSTCODE_IN.search(typed.get("address", "").upper())):
        text = found[1]
    if asked.postcode == "no" or (asked.postcode == "required-in-gb" and country != "GB"):
        return ""
    if asked.postcode == "optional" and not text:
        return ""
    return read_postcode(text, country)


def _consent(text: str, field: str, noted: list[str]) -> bool:
    given = read_consent(text)
    if given is None:
        noted.append(f"{field}: neither yes nor no, so it is no")
    return bool(given)


def _address(text: str, noted: list[str]) -> Address | None:
    if not text:
        return None
    try:
        return read_address(text)
    except Refused:
        noted.append("an email address that cannot be one was left out")
        return None


def _said(refused: Refused, typed: str) -> str:
    shown = " ".join(typed.split())
    shown = "".join(letter for letter in shown if letter.isprintable())
    shown = shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"
    return f"“{shown}”: {refused}" if shown else str(refused)
