"""The rules of a recipient that can be looked at: what is well, what to think of, what must be put right before handing in.

Which of them apply, and with which words, stands in the profile; what each of them looks at stands here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from campaign.domain.campaigns.eligibility import eligible_sentence
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.formatting import format_number, language_name
from campaign.rendering.markdown import plain_text
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.paper_texts import answers_or_defaults, count_in_council_area, read_threshold, render_text
from campaign.services.submissions.profiles import Check, CheckRule, Profile
from campaign.services.submissions.thresholds import accepted_signatures, counted_signatures, threshold_states

Level = Literal["good", "warn", "wrong"]
CONFIRMED = "confirmed"
"""What an option `confirm_…` holds once somebody has looked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding of a check of one rule."""

    level: Level
    words: str
    do: str = ""
    """What to do about it; empty where there is nothing to do."""
    question: str = ""
    """The question whose answer it is about; may be none."""


@dataclass(frozen=True, slots=True)
class _CheckInput:
    profile: Profile
    facts: SubmissionFacts
    options: Mapping[str, str]
    answers: Mapping[str, str]

    @property
    def profile_threshold(self) -> int:
        """How many signatures the recipient needs; 0 where that is not known."""
        least = next((check.least for check in self.profile.checks if check.least), 0)
        return least or read_threshold(self.answers.get("threshold", ""))

    @property
    def petition_words(self) -> list[str]:
        """The words of the petition as its signatories read it, the frame around them included."""
        paper = next(paper for paper in self.profile.papers if paper.part == "signatures" and paper.words)
        return plain_text(render_text(self.profile, paper.words, self.facts, self.answers)).split()


def confirmation_option(name: str) -> str:
    """The name of the option that says a rule was looked at."""
    return f"confirm_{name}"


def run_checks(profile: Profile, facts: SubmissionFacts, options: Mapping[str, str]) -> list[Finding]:
    """All findings, in the order of the profile's rules; at the end what somebody must look at themselves."""
    seen = _CheckInput(profile, facts, options, answers_or_defaults(profile, facts, options))
    found = [finding for check in profile.checks for finding in _CHECKS[check.rule](seen, check)]
    return [*found, *_check_confirmations(seen)]


def _check_closed(subject: _CheckInput, _check: Check) -> list[Finding]:
    match subject.facts.state:
        case CampaignState.FINAL:
            return [Finding("good", "The campaign is closed and its total is certified.")]
        case CampaignState.CLOSED:
            return [Finding("warn", "The campaign is closed, but links emailed before the deadline still verify.",
                            "Wait until the total is final. Until then every page says that it is provisional.")]  # fmt: skip
    return [Finding("warn", "The campaign is not closed yet.",
                    "Close it, or hand in a provisional paper: every page says as of when.")]  # fmt: skip


def _check_counts(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether enough signatures are of the kind that counts."""
    campaign = subject.facts.campaign
    least = check.least or read_threshold(subject.answers.get("threshold", ""))
    accepts = accepted_signatures(subject.profile, subject.answers)
    counted = counted_signatures(subject.profile, campaign, subject.answers)
    found = []
    if accepts == "handwritten" and campaign.online:
        along = (
            "Those given online go along as an annex that says what it is."
            if subject.profile.listing is not None
            else "Of those given online the recipient is told the number, and nobody’s name."
        )
        found.append(Finding(
            "warn",
            f"Electronic signatures are not accepted here: the {format_number(campaign.online)} given online do not count.",
            f"Print sheets and collect signatures by hand. {along}" if subject.profile.sheets else along,
        ))  # fmt: skip
    if accepts == "either" and campaign.online:
        found.append(Finding(
            "warn", "Whether electronic signatures are accepted is the recipient’s own rule.",
            "Ask before you hand in, and say below what you were told.", "accepts",
        ))  # fmt: skip
    by_hand = " by hand" if accepts == "handwritten" else ""
    if counted < least:
        found.append(Finding(
            "wrong", f"At least {format_number(least)} signature{'' if least == 1 else 's'}{by_hand} must be handed in; "
            f"{format_number(counted)} {'is' if counted == 1 else 'are'} on file.",
            _BY_HAND_WORDS[least == 1] if accepts == "handwritten" else "Collect more, or ask whether fewer will be looked at.",
        ))  # fmt: skip
    elif least:
        found.append(
            Finding(
                "good", f"There are enough signatures{by_hand}: {format_number(counted)} of at least {format_number(least)}."
            )
        )
    return found


def _check_thresholds(subject: _CheckInput, _check: Check) -> list[Finding]:
    """How far it is to each number at which the recipient does something. None of them is a rule that must be kept."""
    states = threshold_states(subject.profile, subject.facts.campaign, subject.answers)
    return [Finding("good" if state.reached else "warn", state.sentence) for state in states]


def _check_own_area(subject: _CheckInput, check: Check) -> list[Finding]:
    """How many are known to live in the council's own area."""
    council, least = subject.answers.get(check.question, ""), read_threshold(subject.answers.get("threshold", ""))
    amount = count_in_council_area(subject.facts, council)
    if amount is None:
        if not subject.facts.councils:
            return []
        return [Finding("warn", f"No area is known by the name “{council}”, so the letter does not say how many signed there.",
                        "Write the name as the council does, such as “Leeds City Council”.", check.question)]  # fmt: skip
    total, here = format_number(subject.facts.campaign.signatures), format_number(amount)
    waiting = subject.facts.coverage.waiting
    later = f" {format_number(waiting)} postcodes are still to be looked up." if waiting else ""
    words = f"{total} signed; {here} of them gave a postcode in the council’s area.{later}"
    if least and amount < least:
        return [Finding("warn", f"{words} {format_number(least)} are needed.",
                        "Ask whether the council counts people from elsewhere who work or study in its area.")]  # fmt: skip
    return [Finding("good", words)]


def _check_eligibility(subject: _CheckInput, _check: Check) -> list[Finding]:
    """How many signatures stand under the recipient's rule of who may sign."""
    campaign, totals = subject.facts.campaign, subject.facts.eligibility
    if not subject.profile.counts_declared(campaign.eligibility):
        return [Finding("warn", "Whether signatories may sign under the recipient’s rule was not asked.",
                        "Say under Settings who may sign: it is asked from then on. "
                        "Say in the letter what is known of the others.")]  # fmt: skip
    needed = subject.profile_threshold
    words = eligible_sentence(campaign.signatures, totals, needed)
    if needed and totals.within < needed:
        return [Finding("warn", words, "Collect more from people of whom the statement is true, or ask whether fewer will be "
                        "looked at.")]  # fmt: skip
    return [Finding("good", words)]


def _check_language(subject: _CheckInput, check: Check) -> list[Finding]:
    names = [language_name(code) for code in check.languages]
    named = " or ".join(names)
    written = {version.language for version in subject.facts.campaign.versions}
    found = next((code for code in check.languages if code in written), "")
    if found:
        return [Finding("good", f"The text is there in {language_name(found)}.")]
    do = f"Write the petition in {names[0]} below, and send a translation of the campaign’s text along."
    return [Finding("wrong", f"The petition must be in {named}, and the campaign has no {named} text.", do)]


def _check_frame(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the wording begins and ends as it must, and nothing of the frame was typed a second time."""
    said = " ".join(subject.petition_words)
    found = []
    frame = f"begin{{}} “{check.begins}”" + (f" and end{{}} “{check.ends}”" if check.ends else "")
    if check.begins not in said or check.ends not in said:
        found.append(Finding("wrong", f"The wording must {frame.replace('{}', '')}.",
                             "Put the frame back into the profile’s template."))  # fmt: skip
    for name in ("petitioners", "reasons", "request"):
        given = subject.answers.get(name, "")
        typed = " ".join(given.split())
        # The whole wording is looked at: a piece of the frame may begin any sentence or line of it.
        begins = any(_FRAME_PATTERN.match(part.strip()) for part in _SENTENCE_ENDS.split(given))
        if typed and (check.begins in typed or (check.ends and check.ends in typed) or begins):
            found.append(Finding("wrong", f"A part of the frame is typed a second time: “{typed[:60]}…”.",
                                 "The frame is put around your words: leave it out of them.", name))  # fmt: skip
    if not found:
        found.append(Finding("good", f"The wording {frame.replace('{}', 's')}."))
    return found


def _check_request(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the request can be read on its own, as it must be."""
    request = subject.answers.get(check.question, "")
    if len(request.split()) < 4:
        return [Finding("wrong", "The request must be understood on its own.", "Say in full what is asked.", check.question)]
    if not request[:1].islower():
        return [Finding("warn", f"The request follows “{check.words}”, so it begins with a verb: “{request[:40]}…”.",
                        "Read the sentence aloud, and begin it with a verb such as “urges”.", check.question)]  # fmt: skip
    return [Finding("good", f"The request reads: “{check.words} {request[:80]}{'…' if len(request) > 80 else ''}”.")]


def _check_answered(subject: _CheckInput, check: Check) -> list[Finding]:
    if subject.answers.get(check.question):
        return []
    return [Finding("wrong", check.words, "Fill it in below.", check.question)]


def _check_limits(subject: _CheckInput, _check: Check) -> list[Finding]:
    found = []
    for question in subject.profile.questions:
        if not question.counted:
            continue
        length = len(subject.answers.get(question.name, ""))
        if length > question.longest:
            found.append(
                Finding(
                    "wrong",
                    f"“{question.label}”: {format_number(length)} characters of {format_number(question.longest)}.",
                    f"Shorten it by {format_number(length - question.longest)}.",
                    question.name,
                )
            )
        elif not length and question.required:
            found.append(Finding("wrong", f"“{question.label}” is empty.", "Fill it in.", question.name))
        else:
            found.append(
                Finding("good", f"“{question.label}”: {format_number(length)} characters of {format_number(question.longest)}.")
            )
    return found


def _check_words(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the wording, the frame around it included, has no more words than the recipient takes."""
    amount = len(subject.petition_words)
    said = f"The petition has {format_number(amount)} words of {format_number(check.most)} at most, its frame included."
    if amount > check.most:
        return [Finding("wrong", said, f"Shorten it by {format_number(amount - check.most)}.", check.questions[0])]
    return [Finding("good", said)]


def _check_links(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether a web address stands in the wording of a recipient that takes none."""
    met = [(name, one[0]) for name in check.questions if (one := _WEB_ADDRESS.search(subject.answers.get(name, "")))]
    if not met:
        return [Finding("good", "No web address stands in the petition.")]
    return [Finding("wrong", f"A web address stands in the petition, which is refused with one: “{address[:80]}”.",
                    "Say in words what is to be read there.", name) for name, address in met]  # fmt: skip


def _check_notice(_subject: _CheckInput, check: Check) -> list[Finding]:
    """What is always so with this recipient."""
    return [Finding("warn", check.words)]


def _check_confirmations(subject: _CheckInput) -> list[Finding]:
    text = subject.facts.campaign.in_language(subject.profile.language).text
    words = " ".join([text.title, text.ask, text.background, *subject.answers.values()])
    found = []
    for rule in subject.profile.confirmations:
        if subject.options.get(confirmation_option(rule.name)) == CONFIRMED:
            found.append(Finding("good", f"You have confirmed: {rule.label}"))
            continue
        met = next((word for word in rule.looks_for if re.search(rf"(?<!\w){re.escape(word)}", words, re.IGNORECASE)), "")
        hint = f"{rule.hint} The text speaks of “{met}”.".strip() if met else rule.hint
        found.append(Finding("warn", f"To be confirmed by you: {rule.label}", hint, confirmation_option(rule.name)))
    return found


_HELD_WORDS = "by hand: the paper you hold counts, whether or not it was typed in here."
_BY_HAND_WORDS = {True: f"Sign the top sheet {_HELD_WORDS}", False: f"Collect them {_HELD_WORDS}"}
_FRAME_PATTERN = re.compile(
    r"(?:To the (?:House|Hon|Right Hon)|The petition(?:ers)?\b|The humble petition|This petition of|Declares that"
    r"|We, the undersigned|(?:And|Therefore,?) (?:the|your) petitioners|We therefore ask|That the House of Representatives\b)",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(
    r"\S+://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|gov|edu|au|uk|io)\b\S*", re.IGNORECASE
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?:;])\s+|\n+")
_CHECKS: dict[CheckRule, Callable[[_CheckInput, Check], list[Finding]]] = {
    "closed": _check_closed,
    "counts": _check_counts,
    "thresholds": _check_thresholds,
    "own-area": _check_own_area,
    "eligibility": _check_eligibility,
    "language": _check_language,
    "frame": _check_frame,
    "request": _check_request,
    "answered": _check_answered,
    "limits": _check_limits,
    "words": _check_words,
    "links": _check_links,
    "said": _check_notice,
}
