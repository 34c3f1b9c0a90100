"""Catalogues of translations: what each lacks, and what in it does not fit the source. `make words` prints it as a table.

There are two: what the public pages say, in every language, and what the desk says besides, in those that have a `desk.po`.
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from campaign.languages import DESK_DOMAIN, TRANSLATIONS_FOLDER, native_name

SOURCE = TRANSLATIONS_FOLDER / "messages.pot"
DESK_SOURCE = TRANSLATIONS_FOLDER / f"{DESK_DOMAIN}.pot"
NUMBER_MESSAGES = frozenset({"%(num)s signature", "<strong>%(num)s</strong> signature"})
"""Messages whose number is drawn, or counted on, apart from their words: no plural form of theirs may leave it out."""
_MAX_LISTED = 40
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """A catalogue compared with the source."""

    messages: int
    """How many the source has."""
    missing: tuple[str, ...]
    """Messages without a translation: the page says them in English."""
    broken: tuple[str, ...]
    """What is wrong with translations: a placeholder, a tag, a plural form, a line break too many or too few."""


def read_catalogue(path: Path) -> Catalog:
    """A `.po` or `.pot` file."""
    with path.open("rb") as file:
        return read_po(file)


def catalogue_path(code: str, domain: str = "messages") -> Path:
    """Where the translations of a language are."""
    return TRANSLATIONS_FOLDER / code / "LC_MESSAGES" / f"{domain}.po"


def without_shared(desk: Catalog, public: Catalog) -> Catalog:
    """What the desk says and no public page does: a message is translated in one place."""
    kept = Catalog()
    shared = {_ids(message)[0] for message in public}
    for message in desk:
        if message.id and _ids(message)[0] not in shared:
            kept.add(message.id, message.string, flags=message.flags)
    return kept


def check_catalogue(translated: Catalog, source: Catalog) -> CatalogueCheck:
    """What a language lacks, and what in it does not fit."""
    wanted = [message for message in source if message.id]
    missing, broken = [], []
    for message in wanted:
        found = translated.get(message.id)
        strings = () if found is None or found.fuzzy else _strings(found)
        if not strings or not all(strings):
            missing.append(_ids(message)[0])
        else:
            broken += [f"{_ids(message)[0]!r}: {problem}" for problem in _problems(message, strings, translated.num_plurals)]
    return CatalogueCheck(len(wanted), tuple(missing), tuple(broken))


def _problems(message: Message, strings: tuple[str, ...], plural_forms: int) -> list[str]:
    ids = _ids(message)
    model, found = ids[-1], []
    if len(strings) != (plural_forms if len(ids) > 1 else 1):
        found.append(f"{len(strings)} forms, where the language has {plural_forms}")
    for string in strings:
        placeholders, wanted = set(_PLACEHOLDER.findall(string)), set(_PLACEHOLDER.findall(model))
        may_lack = {"%(num)s"} if len(ids) > 1 and ids[0] not in NUMBER_MESSAGES else set()
        if wanted - placeholders - may_lack or placeholders - wanted:
            found.append(f"placeholders of {string!r}")
        if Counter(_TAG.findall(string)) != Counter(_TAG.findall(model)):
            found.append(f"tags of {string!r}")
        if string.count("\n") != model.count("\n") or string.strip() != string:
            found.append(f"line breaks or blanks around {string!r}")
        if wanted and "%" in _PLACEHOLDER.sub("", string):
            found.append(f"a percent sign in {string!r}")
    return found


def _ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def report() -> str:
    """For each language how much of it is there, and what is not."""
    codes = sorted(path.name for path in TRANSLATIONS_FOLDER.iterdir() if path.is_dir())
    lines = _check_lines(codes, "messages", read_catalogue(SOURCE))
    at_desk = [code for code in codes if catalogue_path(code, DESK_DOMAIN).exists()]
    return "\n".join([*lines, "The desk:", *_check_lines(at_desk, DESK_DOMAIN, read_catalogue(DESK_SOURCE))])


def _check_lines(codes: list[str], domain: str, source: Catalog) -> list[str]:
    lines = []
    for code in codes:
        check = check_catalogue(read_catalogue(catalogue_path(code, domain)), source)
        lines.append(f"{code}  {native_name(code)}: {check.messages - len(check.missing)} of {check.messages}")
        lines += (f"    missing: {message!r}" for message in check.missing[:_MAX_LISTED])
        if len(check.missing) > _MAX_LISTED:
            lines.append(f"    and {len(check.missing) - _MAX_LISTED} more")
        lines += (f"    wrong: {problem}" for problem in check.broken)
    return lines


if __name__ == "__main__":
    if "--leave-shared-words-out" in sys.argv:
        kept = without_shared(read_catalogue(DESK_SOURCE), read_catalogue(SOURCE))
        with DESK_SOURCE.open("wb") as file:
            write_po(file, kept, width=0, sort_output=True, omit_header=True)
    else:
        print(report())  # noqa: T201 - that is its answer
