"""The rules of a recipient that can be looked at: what is well, what to think of, what must be put right before handing in.

Which of them apply, and with which words, stands in the profile; what each of them looks at stands here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from campaign.domain.window import State
from campaign.domain.wording import number
from campaign.markup import plain
from campaign.submission.facts import Facts
from campaign.submission.phrases import answers, written
from campaign.submission.recipients import Check, Profile, Rule

Level = Literal["good", "warn", "wrong"]
CONFIRMED = "confirmed"
"""What an option `confirm_…` holds once somebody has looked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one rule found."""

    level: Level
    words: str
    do: str = ""
    """What to do about it; empty where there is nothing to do."""
    question: str = ""
    """The question whose answer it is about; may be none."""


@dataclass(frozen=True, slots=True)
class _Seen:
    profile: Profile
    facts: Facts
    options: Mapping[str, str]
    answers: Mapping[str, str]


def accepted(profile: Profile, options: Mapping[str, str]) -> str:
    """Which signatures count: as the profile says, or the campaigner where each such recipient has rules of its own."""
    return options.get("accepts") or profile.accepts


def confirmation(name: str) -> str:
    """The name of the option that says a rule was looked at."""
    return f"confirm_{name}"


def checks(profile: Profile, facts: Facts, options: Mapping[str, str]) -> list[Finding]:
    """All findings, in the order of the profile's rules; at the end what somebody must look at themselves."""
    seen = _Seen(profile, facts, options, answers(profile, facts, options))
    found = [finding for check in profile.checks for finding in _RULES[check.rule](seen, check)]
    return [*found, *_confirmations(seen)]


def _closed(seen: _Seen, _check: Check) -> list[Finding]:
    match seen.facts.state:
        case State.FINAL:
            return [Finding("good", "The campaign is closed and its total is certified.")]
        case State.CLOSED:
            return [Finding("warn", "The campaign is closed, but links mailed before the deadline still verify.",
                            "Wait until the total is final. Until then every page says that it is provisional.")]  # fmt: skip
    return [Finding("warn", "The campaign is not closed yet.",
                    "Close it, or hand in a provisional paper: every page says as of when.")]  # fmt: skip


def _counts(seen: _Seen, check: Check) -> list[Finding]:
    """Whether enough signatures are of the kind that counts."""
    standing = seen.facts.standing
    least = check.least or _whole(seen.answers.get("threshold", "")) or 0
    accepts = accepted(seen.profile, seen.answers)
    counted = standing.paper if accepts == "handwritten" else standing.signatures
    found = []
    if accepts == "handwritten" and standing.online:
        found.append(Finding(
            "warn", f"Electronic signatures are not accepted here: the {number(standing.online)} given online do not count.",
            "Print sheets and collect signatures by hand. Those given online go along as an annex that says what it is."
            if seen.profile.sheets else "They go along as an annex that says what it is.",
        ))  # fmt: skip
    if accepts == "either" and standing.online:
        found.append(Finding(
            "warn", "Whether electronic signatures are accepted is the recipient’s own rule.",
            "Ask before you hand in, and say below what you were told.", "accepts",
        ))  # fmt: skip
    by_hand = " by hand" if accepts == "handwritten" else ""
    if counted < least:
        found.append(Finding(
            "wrong", f"At least {number(least)} signature{'' if least == 1 else 's'}{by_hand} must be handed in; "
            f"{number(counted)} {'is' if counted == 1 else 'are'} on file.",
            "Sign the top sheet by hand: the paper you hold counts, whether or not it was typed in here."
            if accepts == "handwritten" else "Collect more, or ask whether fewer will be looked at.",
        ))  # fmt: skip
    elif least:
        found.append(Finding("good", f"There are enough signatures{by_hand}: {number(counted)} of at least {number(least)}."))
    return found


def _language(seen: _Seen, check: Check) -> list[Finding]:
    if any(version.language == check.language for version in seen.facts.standing.versions):
        return [Finding("good", check.words or "The text is there in English.")]
    return [Finding("wrong", "The petition must be in English, and the campaign has no English text.",
                    "Write the petition in English below, and send a translation of the campaign’s text along.")]  # fmt: skip


def _frame(seen: _Seen, check: Check) -> list[Finding]:
    """Whether the wording begins and ends as it must, and nothing of the frame was typed a second time."""
    paper = next(paper for paper in seen.profile.papers if paper.part == "signatures" and paper.words)
    said = " ".join(plain(written(seen.profile, paper.words, seen.facts, seen.answers)).split())
    found = []
    if check.begins not in said or check.ends not in said:
        found.append(Finding("wrong", f"The wording must begin “{check.begins}” and end “{check.ends}”.",
                             "Put the frame back into the profile’s template."))  # fmt: skip
    for name in ("petitioners", "reasons", "request"):
        typed = " ".join(seen.answers.get(name, "").split())
        if typed and (typed.startswith(check.begins) or check.ends in typed or _FRAME.match(typed)):
            found.append(Finding("wrong", f"A part of the frame is typed a second time: “{typed[:60]}…”.",
                                 "The frame is put around your words: leave it out of them.", name))  # fmt: skip
    if not found:
        found.append(Finding("good", f"The wording begins “{check.begins}” and ends “{check.ends}”."))
    return found


def _request(seen: _Seen, check: Check) -> list[Finding]:
    """Whether the request can be read on its own, as it must be."""
    request = seen.answers.get(check.question, "")
    if len(request.split()) < 4:
        return [Finding("wrong", "The request must be understood on its own.", "Say in full what is asked.", check.question)]
    if not request[:1].islower():
        return [Finding("warn", f"The request follows “{check.words}”, so it begins with a verb: “{request[:40]}…”.",
                        "Read the sentence aloud, and begin it with a verb such as “urges”.", check.question)]  # fmt: skip
    return [Finding("good", f"The request reads: “{check.words} {request[:80]}{'…' if len(request) > 80 else ''}”.")]


def _answered(seen: _Seen, check: Check) -> list[Finding]:
    if seen.answers.get(check.question):
        return []
    return [Finding("wrong", check.words, "Fill it in below.", check.question)]


def _limits(seen: _Seen, _check: Check) -> list[Finding]:
    found = []
    for question in seen.profile.questions:
        if not question.counted:
            continue
        length = len(seen.answers.get(question.name, ""))
        if length > question.longest:
            found.append(Finding("wrong", f"“{question.label}”: {number(length)} characters of {number(question.longest)}.",
                                 f"Shorten it by {number(length - question.longest)}.", question.name))  # fmt: skip
        elif not length and question.required:
            found.append(Finding("wrong", f"“{question.label}” is empty.", "Fill it in.", question.name))
        else:
            found.append(Finding("good", f"“{question.label}”: {number(length)} characters of {number(question.longest)}."))
    return found


def _said(_seen: _Seen, check: Check) -> list[Finding]:
    """What is always so with this recipient."""
    return [Finding("warn", check.words)]


def _confirmations(seen: _Seen) -> list[Finding]:
    text = seen.facts.standing.version("en").text
    words = " ".join([text.title, text.ask, text.background, *seen.answers.values()])
    found = []
    for rule in seen.profile.confirmations:
        if seen.options.get(confirmation(rule.name)) == CONFIRMED:
            found.append(Finding("good", f"You have confirmed: {rule.label}"))
            continue
        met = next((word for word in rule.looks_for if re.search(rf"(?<!\w){re.escape(word)}", words, re.IGNORECASE)), "")
        hint = f"{rule.hint} The text speaks of “{met}”.".strip() if met else rule.hint
        found.append(Finding("warn", f"To be confirmed by you: {rule.label}", hint, confirmation(rule.name)))
    return found


def _whole(text: str) -> int | None:
    digits = text.replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


_FRAME = re.compile(
    r"(?:To the House|The petition(?:ers)?\b|The humble petition|Declares that|And (?:the|your) petitioners)", re.IGNORECASE
)
_RULES: dict[Rule, Callable[[_Seen, Check], list[Finding]]] = {
    "closed": _closed, "counts": _counts, "language": _language, "frame": _frame, "request": _request, "answered": _answered,
    "limits": _limits, "said": _said,
}  # fmt: skip
