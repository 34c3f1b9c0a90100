"""The words of a profile's papers: templates in Markdown, filled with what is known and what was decided.

Whatever is put into them is inert: a title with stars in it stays a title with stars. Only what is Markdown itself, the text of
the campaign, is taken as such.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from campaign.domain import wording
from campaign.domain.countries import COUNTRIES
from campaign.domain.removal import Removal
from campaign.drawing.poster import shortened
from campaign.markup import plain
from campaign.submission.facts import Facts
from campaign.submission.recipients import COMMON, Paper, Profile

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ASKING = re.compile(
    r"^we\s+(?:ask|urge|request|call\s+(?:up)?on|petition|want|demand\s+that)\s+(?:.{0,80}?)\bto\s+", re.IGNORECASE
)
_REMOVED = {
    Removal.PROGRAM.value: "made by a program", Removal.DUPLICATE.value: "by people who had signed already",
    Removal.FALSE.value: "with false details", Removal.NOT_ENTITLED.value: "by people not entitled to sign",
    Removal.ABUSIVE.value: "abusive", Removal.OTHER.value: "for other reasons",
}  # fmt: skip


class Marked(str):
    """Text that is Markdown."""

    __slots__ = ()


def written(profile: Profile, template: str, facts: Facts, options: Mapping[str, str]) -> str:
    """The words of one template, in Markdown."""
    return _environment(profile.folder).get_template(template).render(_values(profile, facts, options))


def answers(profile: Profile, facts: Facts, options: Mapping[str, str]) -> dict[str, str]:
    """The answers to all questions of a profile: as they were given, else what stands there until one is."""
    found: dict[str, str] = {}
    for question in profile.questions:
        given = options.get(question.name, "").strip()
        if not given and question.default:
            values = _values(profile, facts, found, inert=False)
            given = _plain_environment().from_string(question.default).render(values).strip()
        if not given and question.kind == "choose" and question.choices:
            given = question.choices[0][0]
        found[question.name] = given
    if profile.listing is not None:
        found["listed"] = profile.listed(options.get("listed", ""))
    return found


def shown(profile: Profile, facts: Facts, options: Mapping[str, str]) -> list[tuple[Paper, str]]:
    """The papers whose words somebody decides, as they would be now, in Markdown: the letter, and the petition itself."""
    given = answers(profile, facts, options)
    return [
        (paper, written(profile, paper.words, facts, given))
        for paper in profile.papers
        if paper.words and paper.part in ("", "signatures")
    ]


def removed_words(facts: Facts) -> list[tuple[str, int]]:
    """How many verified signatures were removed, by kind of reason in words."""
    return [(_REMOVED.get(kind, _REMOVED[Removal.OTHER.value]), amount) for kind, amount in facts.removed.items()]


def constituents(facts: Facts, name: str) -> int | None:
    """How many supporters are known to live in a constituency; None where none is known by that name."""
    wanted = name.strip().casefold()
    return next((total.verified for total in facts.constituencies if total.name.casefold() == wanted), None)


def _values(profile: Profile, facts: Facts, options: Mapping[str, str], *, inert: bool = True) -> dict[str, Any]:
    standing = facts.standing
    version, zone = standing.version("en"), standing.zone
    text = version.text
    marked = Marked if inert else str
    return {
        "profile": profile, "o": options, "title": text.title, "recipient": text.recipient, "ask": marked(text.ask),
        "background": marked(text.background), "address": facts.address, "contact": standing.contact,
        "controller": standing.appearance.controller, "opened": wording.day(standing.window.opens_at, zone),
        "closed": wording.day(standing.window.closes_at, zone), "deadline": wording.moment(standing.window.closes_at, zone),
        "state": facts.state.value, "as_of": wording.moment(facts.as_of, zone), "day": wording.day(facts.as_of, zone),
        "provisional": facts.provisional, "total": standing.signatures, "online": standing.online, "paper": standing.paper,
        "removed": removed_words(facts), "versions": len(facts.editions), "changed": standing.past.changed_at is not None,
        "goals": [milestone.goal for milestone in standing.milestones], "sequence": standing.sequence,
        "countries": [(COUNTRIES.get(code, code), amount) for code, amount in facts.countries],
        "constituents": lambda name: constituents(facts, name), "asked": standing.asked,
        "listed": profile.listed(options.get("listed", "")),
    }  # fmt: skip


@lru_cache(maxsize=16)
def _environment(folder: Path) -> Environment:
    loader = ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(folder.parent / COMMON)])
    # What is made is no HTML: it is set on paper, or made safe by whoever shows it.
    return _furnished(Environment(
        loader=loader, undefined=StrictUndefined, finalize=_inert, trim_blocks=True, lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    ))  # fmt: skip


@lru_cache(maxsize=1)
def _plain_environment() -> Environment:
    return _furnished(Environment(undefined=StrictUndefined, autoescape=False))  # noqa: S701


def _furnished(environment: Environment) -> Environment:
    environment.filters.update(
        number=lambda value: wording.number(int(value)), plain=lambda text: plain(str(text)), requested=_requested,
        lowered=_lowered, unstopped=_unstopped, fitted=shortened, signatures=_signatures,
        one_line=lambda text: " ".join(str(text).split()),
    )  # fmt: skip
    return environment


def _inert(value: object) -> object:
    if isinstance(value, Marked) or not isinstance(value, str):
        return value
    if "\n" not in value:
        return _PUNCTUATION.sub(r"\\\1", value)
    lines = [_PUNCTUATION.sub(r"\\\1", line.strip()) for line in value.strip().splitlines()]
    # A new line stays one; an empty line begins a new paragraph.
    return "\n".join(line + ("\\" if line and after else "") for line, after in zip(lines, [*lines[1:], ""], strict=True))


def _requested(text: str) -> str:
    """What is asked, as it follows "to request that the recipient": without "We ask the council to"."""
    return _unstopped(_lowered(_ASKING.sub("", " ".join(plain(text).split()), count=1)))


def _lowered(text: str) -> str:
    """With a small first letter, but for a word of capitals."""
    text = text.strip()
    return text if text[1:2].isupper() or text[:2] == "I " else text[:1].lower() + text[1:]


def _unstopped(text: str) -> str:
    return text.strip().rstrip(".").rstrip()


def _signatures(amount: int) -> str:
    return f"{wording.number(amount)} signature{'' if amount == 1 else 's'}"
