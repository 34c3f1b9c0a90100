"""The words of a profile's papers: templates in Markdown, filled with what is known and what was decided.

Whatever is put into them is inert: a title with stars in it stays a title with stars. Only what is Markdown itself, the text of
the campaign, is taken as such.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.recipient_name import within_sentence
from campaign.domain.common import formatting
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.places.council_names import council_key
from campaign.domain.places.countries import COUNTRIES
from campaign.rendering.markdown import inline_text, one_line_text, parse_markdown, plain_text
from campaign.rendering.printable import shorten_to_sentences
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.profiles import COMMON_FOLDER, Paper, Profile
from campaign.services.submissions.sample_texts import sample_text

_SENTENCE_MARKS = ".!?:;…"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"^( {0,3})(#{1,6})([ \t]|$)", re.MULTILINE)
_UNDERLINED_HEADING = re.compile(r"^ {0,3}(?![ \t]*[-*+>#]|[ \t]*\d+[.)])([^\n]*\S[^\n]*)\n {0,3}(=+|-+)[ \t]*$", re.MULTILINE)
_REQUEST_PREFIX = re.compile(
    r"^we\s+(?:ask|urge|request|call\s+(?:up)?on|petition|want|demand\s+that)\s+(?:.{0,80}?)\bto\s+", re.IGNORECASE
)
REMOVAL_LABELS = {
    RemovalKind.PROGRAM.value: "made by a program", RemovalKind.DUPLICATE.value: "by people who had signed already",
    RemovalKind.FALSE.value: "with false details", RemovalKind.NOT_ENTITLED.value: "by people not entitled to sign",
    RemovalKind.ABUSIVE.value: "abusive", RemovalKind.OTHER.value: "for other reasons",
    RemovalKind.RULE.value: "by a standing rule, before they were counted",
}  # fmt: skip


class Markdown(str):
    """Text that is Markdown."""

    __slots__ = ()


def render_text(profile: Profile, template: str, facts: SubmissionFacts, options: Mapping[str, str]) -> str:
    """The words of one template, in Markdown."""
    return _environment(profile.folder).get_template(template).render(_template_values(profile, facts, options))


def answers_or_defaults(profile: Profile, facts: SubmissionFacts, options: Mapping[str, str]) -> dict[str, str]:
    """The answers to all questions of a profile: as they were given, else what stands there until one is."""
    found: dict[str, str] = {}
    for question in profile.questions:
        given = options.get(question.name, "").strip()
        if not given and question.default:
            values = _template_values(profile, facts, found, escaped=False)
            given = _plain_environment().from_string(question.default).render(values).strip()
        if not given and question.kind == "choose" and question.choices:
            given = question.choices[0][0]
        found[question.name] = given
    if profile.listing is not None:
        found["listed"] = profile.listed_names(options.get("listed", ""))
    return found


def editable_texts(profile: Profile, facts: SubmissionFacts, options: Mapping[str, str]) -> list[tuple[Paper, str]]:
    """The papers whose words somebody decides, as they would be now, in Markdown: the letter, and the petition itself."""
    given = answers_or_defaults(profile, facts, options)
    return [
        (paper, render_text(profile, paper.words, facts, given))
        for paper in profile.papers
        if paper.words and paper.part in ("", "signatures")
    ]


def names_nobody(profile: Profile, facts: SubmissionFacts, options: Mapping[str, str]) -> bool:
    """Whether only those are listed who chose that their name may be shown, and nobody has."""
    return profile.listed_names(options.get("listed", "")) == "public" and not facts.has_public_name


def labelled_removals(facts: SubmissionFacts) -> list[tuple[str, int]]:
    """How many verified signatures were removed, by kind of reason in words."""
    return [
        (REMOVAL_LABELS.get(kind, REMOVAL_LABELS[RemovalKind.OTHER.value]), amount) for kind, amount in facts.removed.items()
    ]


def _statement_words(facts: SubmissionFacts) -> str:
    """The statement of who may sign as it is now, without its full stop; "" where none is asked for."""
    asked = facts.campaign.eligibility.in_language("en")
    return _without_full_stop(asked.words) if asked else ""


def read_threshold(text: str) -> int:
    """How many signatures a recipient needs, as it was written; 0 where that is no number."""
    digits = text.replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def count_constituents(facts: SubmissionFacts, name: str) -> int | None:
    """How many supporters are known to live in a constituency; None where none is known by that name."""
    wanted = name.strip().casefold()
    return next((total.verified for total in facts.constituencies if total.name.casefold() == wanted), None)


def count_in_council_area(facts: SubmissionFacts, name: str) -> int | None:
    """How many supporters gave a postcode in a council's area; None where no area, or more than one, has that name."""
    wanted = council_key(name)
    found = [total.verified for total in facts.councils if wanted and council_key(total.name) == wanted]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """Signatures on paper by what is known of its text, for the words of a paper."""

    on_sheets: int
    """On numbered sheets of the campaign, which carry its text."""
    stated: int
    """On other paper, whose text the campaigners have stated."""
    unknown: int
    collected_from: str
    """The earliest first day that was given, as a day in words; "" where none was."""


def paper_counts(facts: SubmissionFacts) -> PaperCounts:
    """Signatures on paper by what is known of its text."""
    amounts = Counter({"sheet": 0, "stated": 0, "unknown": 0})
    for origin in facts.paper_origins:
        amounts[origin.origin] += origin.signatures
    days = [origin.collected_from for origin in facts.paper_origins if origin.collected_from is not None]
    first = formatting.format_calendar_day(min(days)) if days else ""
    return PaperCounts(amounts["sheet"], amounts["stated"], amounts["unknown"], first)


def _organiser_contact(campaign: Campaign) -> str:
    """The organiser's name above their contact; "" without a contact, since a name alone cannot be answered."""
    name, contact = campaign.appearance.organiser, campaign.contact
    return f"{name}\n{contact}" if name and contact and name not in contact else contact


def _template_values(
    profile: Profile, facts: SubmissionFacts, options: Mapping[str, str], *, escaped: bool = True
) -> dict[str, Any]:
    campaign = facts.campaign
    language, zone = profile.language, campaign.zone
    text = campaign.in_language(language).text
    marked = Markdown if escaped else str
    return {
        "profile": profile,
        "o": options,
        "title": text.title,
        "recipient": text.recipient,
        "ask": marked(_with_small_headings(text.ask)),
        "background": marked(_with_small_headings(text.background)),
        "texts": {
            version.language: {
                "title": version.text.title,
                "ask": marked(_with_small_headings(version.text.ask)),
                "background": marked(_with_small_headings(version.text.background)),
            }
            for version in campaign.versions
        },
        "address": facts.address,
        "contact": campaign.contact,
        "organiser_contact": _organiser_contact(campaign),
        "controller": campaign.appearance.responsible,
        "opened": formatting.format_day(campaign.window.opens_at, zone, language),
        "closed": formatting.format_day(campaign.window.closes_at, zone, language),
        "deadline": formatting.format_deadline(campaign.window.closes_at, zone, language),
        "state": facts.state.value,
        "as_of": formatting.format_moment(facts.as_of, zone, language),
        "day": formatting.format_day(facts.as_of, zone, language),
        "provisional": facts.provisional,
        "total": campaign.signatures,
        "online": campaign.online,
        "paper": campaign.paper,
        "removed": labelled_removals(facts),
        "versions": len(facts.editions),
        "changed": campaign.history.text_changed_at is not None,
        "goals": [milestone.goal for milestone in campaign.milestones],
        "outages": [
            {
                "provider": outage.provider,
                "began": formatting.format_moment(outage.began_at, zone),
                "ended": formatting.format_moment(outage.ended_at, zone),
                "became": formatting.format_deadline(outage.verify_until, zone),
                "was": formatting.format_deadline(outage.verify_until_before, zone),
            }
            for outage in facts.outages
        ],
        "sequence": campaign.sequence,
        "proof": None if facts.total_proof is None else facts.total_proof.verify(),
        "countries": [(COUNTRIES.get(code, code), amount) for code, amount in facts.countries],
        "in_council_area": lambda name: count_in_council_area(facts, name),
        "not_looked_up": facts.coverage.waiting,
        "papers": paper_counts(facts),
        "samples": [said for sample in facts.samples if (said := sample_text(sample, zone)) is not None],
        "samples_without_results": sum(sample.results is None for sample in facts.samples),
        "needed": read_threshold(options.get("threshold", "")),
        "constituents": lambda name: count_constituents(facts, name),
        "asked": campaign.form_fields,
        "statement": _statement_words(facts),
        "declared": facts.eligibility,
        "statements": [(one.words, ticked, unticked) for one, ticked, unticked in facts.statements if ticked or unticked],
        # A list of nobody is spoken of as none: nothing says that it is enclosed.
        "listed": "none" if names_nobody(profile, facts, options) else profile.listed_names(options.get("listed", "")),
    }


@lru_cache(maxsize=16)
def _environment(folder: Path) -> Environment:
    loader = ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(folder.parent / COMMON_FOLDER)])
    # What is made is no HTML: it is set on paper, or escaped where it is shown.
    return _with_filters(Environment(
        loader=loader, undefined=StrictUndefined, finalize=_escape_markdown, trim_blocks=True, lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    ))  # fmt: skip


@lru_cache(maxsize=1)
def _plain_environment() -> Environment:
    return _with_filters(Environment(undefined=StrictUndefined, autoescape=False))  # noqa: S701


def _with_filters(environment: Environment) -> Environment:
    environment.filters.update(
        number=lambda value, language=formatting.ENGLISH: formatting.format_number(int(value), language),
        plain=lambda text: plain_text(str(text)),
        prose=lambda text: _as_prose(str(text)),
        requested=_as_request,
        lowered=_lower_first,
        unstopped=_without_full_stop,
        fitted=shorten_to_sentences,
        signatures=_signature_count,
        one_line=lambda text: " ".join(str(text).split()),
        listed_lines=lambda text: ", ".join(line.strip() for line in str(text).splitlines() if line.strip()),
        within_sentence=lambda name: within_sentence(str(name), formatting.ENGLISH),
    )
    return environment


def _escape_markdown(value: object) -> object:
    if isinstance(value, Markdown) or not isinstance(value, str):
        return value
    if "\n" not in value:
        return _PUNCTUATION.sub(r"\\\1", value)
    lines = [_PUNCTUATION.sub(r"\\\1", line.strip()) for line in value.strip().splitlines()]
    # A new line stays one; an empty line begins a new paragraph.
    return "\n".join(line + ("\\" if line and after else "") for line, after in zip(lines, [*lines[1:], ""], strict=True))


def _with_small_headings(text: str) -> str:
    """A campaign's Markdown with headings below those of the paper it stands in: its largest is of level 3."""
    atx = _UNDERLINED_HEADING.sub(lambda found: f"{'#' if found[2][0] == '=' else '##'} {found[1]}", text)
    return _HEADING.sub(lambda found: f"{found[1]}{'#' * min(6, len(found[2]) + 2)}{found[3]}", atx)


def _as_prose(text: str) -> str:
    """A text in Markdown as running sentences, to follow words like "Declares that": without headings, items of lists as
    sentences, links by their words."""
    tokens = parse_markdown(text)
    before = ["", *(token.type for token in tokens)]
    said = (inline_text(token.children or ()) for token, kind in zip(tokens, before, strict=False) if token.type == "inline"
            and kind != "heading_open")  # fmt: skip
    parts = (" ".join(part.split()) for part in said)
    return " ".join(part if part[-1] in _SENTENCE_MARKS else f"{part}." for part in parts if part)


def _as_request(text: str) -> str:
    """What is asked, as it follows "to request that the recipient": without "We ask the council to"."""
    return _without_full_stop(_lower_first(_REQUEST_PREFIX.sub("", one_line_text(text), count=1)))


def _lower_first(text: str) -> str:
    """With a small first letter, but for a word of capitals."""
    text = text.strip()
    return text if text[1:2].isupper() or text[:2] == "I " else text[:1].lower() + text[1:]


def _without_full_stop(text: str) -> str:
    return text.strip().rstrip(".").rstrip()


def _signature_count(amount: int) -> str:
    return f"{formatting.format_number(amount)} signature{'' if amount == 1 else 's'}"
