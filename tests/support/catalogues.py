"""Catalogues of translations: what each lacks, and what in it does not fit the source. `make words` prints it as a table."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from campaign.languages import TRANSLATIONS_FOLDER, native_name

SOURCE = TRANSLATIONS_FOLDER / "messages.pot"
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


def catalogue_path(code: str) -> Path:
    """Where the translations of a language are."""
    return TRANSLATIONS_FOLDER / code / "LC_MESSAGES" / "messages.po"


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
    source, lines = read_catalogue(SOURCE), []
    for code in sorted(path.name for path in TRANSLATIONS_FOLDER.iterdir() if path.is_dir()):
        check = check_catalogue(read_catalogue(catalogue_path(code)), source)
        lines.append(f"{code}  {native_name(code)}: {check.messages - len(check.missing)} of {check.messages}")
        lines += (f"    missing: {message!r}" for message in check.missing[:_MAX_LISTED])
        if len(check.missing) > _MAX_LISTED:
            lines.append(f"    and {len(check.missing) - _MAX_LISTED} more")
        lines += (f"    wrong: {problem}" for problem in check.broken)
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())  # noqa: T201 - that is its answer
