"""Signatures on paper: how they are told apart from those given online, and one of them read as it was written down.

A row of a list is read by the same rules as the form on the campaign's page. Its author did not know them, so what
is only of use is left out where it cannot be read, and what makes a signature is refused with words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.common.email_address import EmailAddress, read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.domain.common.text_folding import fold_text
from campaign.domain.paper.dates import read_signing_date
from campaign.domain.places.country_names import find_country
from campaign.domain.places.postcode import read_postcode
from campaign.domain.signatures.names import read_comment, read_name

ONLINE, PAPER = "online", "paper"
"""How a signature was given."""
UNDONE_INTAKE = "undone"
"""The kind of reason of signatures whose intake was taken back. The public is not told of them as of removed ones: nobody has
judged them, they were brought in by mistake."""
PAPER_SOURCE = "paper"
"""Where signatures on paper came from."""

_YES_WORDS = frozenset(
    ["yes", "y", "true", "t", "1", "x", "on", "ok", "ticked", "agreed", "ja", "oui", "si", "ie", "ydw", *"✓✔☑✅"]
)
_NO_WORDS = frozenset(["no", "n", "false", "f", "0", "off", "none", "nein", "non", "na", "nage", *"-–—☐/"])
_SPREADSHEET_ERRORS = re.compile(
    r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|ERROR!|GETTING_DATA)", re.IGNORECASE
)
"""What a spreadsheet writes into a cell that it cannot work out."""
_DOUBTFUL_NAMES = frozenset(
    {
        "null", "none", "nil", "nan", "undefined", "blank", "empty", "total", "totals", "grand total", "subtotal", "n a", "na",
        "not applicable", "unknown", "anonymous", "anon", "test", "name", "full name", "signature", "signatures", "x",
    }
)  # fmt: skip
"""What programs and tables write where no name is, folded. Null is a surname too."""
_TRAILING_POSTCODE = re.compile(
    r"\b([A-Z]{1,2}[0-9][0-9A-Z]?\s*[0-9][A-Z]{2}|BFPO\s*[0-9]{1,4})\W*(?:UK|UNITED KINGDOM|ENGLAND|SCOTLAND|WALES)?\W*$"
)
"""A postcode at the end of an address."""
_MAX_ECHO_LENGTH = 60
_ERROR_OF_FIELD = {"name": N_("name: %(why)s"), "postcode": N_("postcode: %(why)s"), "date": N_("date: %(why)s")}
_NO_CONSENT = {
    "public": N_("public: neither yes nor no, so it is no"),
    "updates": N_("updates: neither yes nor no, so it is no"),
}
"""What is said of a row whose consent cannot be read, by the field it is for."""


@dataclass(frozen=True, slots=True)
class PaperEntry:
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
    declared: bool | None = None
    """Whether the statement of who may sign is ticked; None where the paper does not say."""


@dataclass(frozen=True, slots=True)
class EntryRules:
    """Rules that rows are read by."""

    form_fields: SignFormFields
    today: date
    """The day it is where the campaign is."""
    last_day: date
    """The day of the deadline there."""
    country: str = "GB"
    """Of rows that do not say."""


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """Row that makes no signature, and why: words by field."""

    line: int
    errors: Mapping[str, str]

    @property
    def message(self) -> str:
        """All of it on one line: a sentence that can be said in another language."""
        said = (Sentence(_ERROR_OF_FIELD[name], {"why": words}) for name, words in self.errors.items())
        return reduce(lambda before, after: Sentence(N_("%(before)s %(after)s"), {"before": before, "after": after}), said)


def read_entry(line: int, row: Mapping[str, object], rules: EntryRules) -> tuple[PaperEntry | InvalidRow, tuple[str, ...]]:
    """Read one row by the names of its fields, and what was left out of it, in words."""
    typed = {name: _cell_of(name, value) for name, value in row.items()}
    errors: dict[str, str] = {}
    noted: list[str] = []
    name = country = postcode = comment = signed_on = ""
    try:
        name = typed.get("name", "") or f"{typed.get('first_name', '')} {typed.get('last_name', '')}".strip()
        if any(_SPREADSHEET_ERRORS.fullmatch(word) for word in name.split()):
            raise InvalidInputError("A spreadsheet wrote an error here, not a name.")
        name = read_name(name)
    except InvalidInputError as refused:
        errors["name"], name = _error_text(refused, typed.get("name", "")), ""
    try:
        country = _read_country(typed.get("country", ""), rules, noted)
        postcode = _read_postcode(typed, country, rules.form_fields)
    except InvalidInputError as refused:
        errors["postcode"] = _error_text(refused, typed.get("postcode", "") or typed.get("address", ""))
    try:
        signed_on = read_signing_date(_as_date(row.get("date")), rules.today, rules.last_day)
    except InvalidInputError as refused:
        errors["date"] = _error_text(refused, typed.get("date", ""))
    if rules.form_fields.comment != "no":
        try:
            comment = read_comment(typed.get("comment", ""))
        except InvalidInputError:
            noted.append(N_("a comment that cannot be stored was left out"))
    public, updates = (_read_consent(typed.get(field, ""), field, noted) for field in ("public", "updates"))
    address = _read_address(typed.get("email", ""), noted)
    declared = _read_declared(typed.get("declared", ""), noted)
    if errors:
        return InvalidRow(line, errors), ()
    if address is None or not updates:
        if updates:
            noted.append(N_("they want to be mailed, but there is no address"))
        kept = ""
    else:
        kept = address.typed
    key = address.key if address else ""
    return PaperEntry(line, name, country, postcode, comment, public, bool(kept), kept, key, signed_on, declared), tuple(noted)


def name_question(name: str) -> str:
    """Why a name is doubtful; "" where it is not."""
    bare = " ".join(re.sub(r"[\W_]+", " ", fold_text(name)).split())
    return Sentence(N_("the name is “%(name)s”, which may be no name"), {"name": name}) if bare in _DOUBTFUL_NAMES else ""


def is_blank_row(row: Mapping[str, object]) -> bool:
    """Whether there is nothing in a row."""
    return not any(cell_text(value) for value in row.values())


def cell_text(value: object) -> str:
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


def parse_consent(text: str) -> bool | None:
    """Yes or no in any usual spelling, no where nothing is written; None for anything else."""
    word = fold_text(text).strip(" .!()[]")
    if word in _YES_WORDS:
        return True
    return False if not word or word in _NO_WORDS else None


def _as_date(value: object) -> object:
    return value if isinstance(value, date) else _cell_of("date", value)


def _cell_of(field: str, value: object) -> str:
    """What a cell says of a field: on one line but for comments, and nothing where a spreadsheet could not work it out."""
    text = cell_text(value)
    if field == "comment":
        return "" if _SPREADSHEET_ERRORS.fullmatch(text) else text
    text = " ".join(text.split())
    is_error = _SPREADSHEET_ERRORS.fullmatch(text) is not None
    return text if not is_error or field in ("name", "first_name", "last_name") else ""


def _read_country(text: str, rules: EntryRules, noted: list[str]) -> str:
    if rules.form_fields.country == "no":
        return ""
    if not text:
        return rules.country
    found = find_country(text)
    if not found:
        noted.append(N_("a country that is not known was left out"))
    return found


def _read_postcode(typed: Mapping[str, str], country: str, form_fields: SignFormFields) -> str:
    text = typed.get("postcode", "")
    if not text and (found := _TRAILING_POSTCODE.search(typed.get("address", "").upper())):
        text = found[1]
    if form_fields.postcode == "no" or (form_fields.postcode == "required-in-gb" and country != "GB"):
        return ""
    if form_fields.postcode == "optional" and not text:
        return ""
    return read_postcode(text, country)


def _read_consent(text: str, field: str, warnings: list[str]) -> bool:
    given = parse_consent(text)
    if given is None:
        warnings.append(_NO_CONSENT[field])
    return bool(given)


def _read_declared(text: str, warnings: list[str]) -> bool | None:
    if not text:
        return None
    given = parse_consent(text)
    if given is None:
        warnings.append(N_("declared: neither yes nor no, so it is not known"))
    return given


def _read_address(text: str, warnings: list[str]) -> EmailAddress | None:
    if not text:
        return None
    try:
        return read_email_address(text)
    except InvalidInputError:
        warnings.append(N_("an email address that cannot be one was left out"))
        return None


def _error_text(refused: InvalidInputError, typed: str) -> str:
    shown = " ".join(typed.split())
    shown = "".join(letter for letter in shown if letter.isprintable())
    shown = shown if len(shown) <= _MAX_ECHO_LENGTH else shown[: _MAX_ECHO_LENGTH - 1] + "…"
    return Sentence(N_("“%(typed)s”: %(why)s"), {"typed": shown, "why": refused.sentence}) if shown else refused.sentence
