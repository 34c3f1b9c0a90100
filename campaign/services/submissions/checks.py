"""The rules of a recipient that can be looked at: what is well, what to think of, what must be put right before handing in.

Which of them apply, and with which words, stands in the profile; what each of them looks at stands here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from campaign.domain.campaigns.eligibility import eligible_sentence
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.formatting import LanguageName, format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence
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
    words: Sentence
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
            return [Finding("good", _say("The campaign is closed and its total is certified."))]
        case CampaignState.CLOSED:
            words = _say("The campaign is closed, but links emailed before the deadline still verify.")
            do = _say("Wait until the total is final. Until then every page says that it is provisional.")
            return [Finding("warn", words, do)]
    return [Finding("warn", _say("The campaign is not closed yet."),
                    _say("Close it, or hand in a provisional paper: every page says as of when."))]  # fmt: skip


def _check_counts(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether enough signatures are of the kind that counts."""
    campaign = subject.facts.campaign
    least = check.least or read_threshold(subject.answers.get("threshold", ""))
    accepts = accepted_signatures(subject.profile, subject.answers)
    counted = counted_signatures(subject.profile, campaign, subject.answers)
    found = []
    if accepts == "handwritten" and campaign.online:
        along = (
            _say("Those given online go along as an annex that says what it is.")
            if subject.profile.listing is not None
            else _say("Of those given online the recipient is told the number, and nobody’s name.")
        )
        found.append(Finding(
            "warn",
            _say(
                "Electronic signatures are not accepted here: the %(count)s given online do not count.",
                count=format_number(campaign.online),
            ),
            _say("Print sheets and collect signatures by hand. %(along)s", along=along) if subject.profile.sheets else along,
        ))  # fmt: skip
    if accepts == "either" and campaign.online:
        found.append(Finding(
            "warn", _say("Whether electronic signatures are accepted is the recipient’s own rule."),
            _say("Ask before you hand in, and say below what you were told."), "accepts",
        ))  # fmt: skip
    by_hand = accepts == "handwritten"
    if counted < least:
        found.append(Finding("wrong", _too_few(least, counted, by_hand=by_hand), _how_to_collect(least, by_hand=by_hand)))
    elif least:
        numbers = {"counted": format_number(counted), "least": format_number(least)}
        words = (
            _say("There are enough signatures by hand: %(counted)s of at least %(least)s.", **numbers)
            if by_hand
            else _say("There are enough signatures: %(counted)s of at least %(least)s.", **numbers)
        )
        found.append(Finding("good", words))
    return found


def _too_few(least: int, counted: int, *, by_hand: bool) -> Sentence:
    asked, there = _LEAST[by_hand, least == 1], _ON_FILE[counted == 1]
    numbers = {"least": format_number(least), "counted": format_number(counted)}
    return _say("%(asked)s; %(there)s.", asked=Sentence(asked, numbers), there=Sentence(there, numbers))


def _how_to_collect(least: int, *, by_hand: bool) -> Sentence:
    if not by_hand:
        return _say("Collect more, or ask whether fewer will be looked at.")
    return Sentence(_BY_HAND[least == 1], {})


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
        return [Finding(
            "warn",
            _say("No area is known by the name “%(name)s”, so the letter does not say how many signed there.", name=council),
            _say("Write the name as the council does, such as “Leeds City Council”."), check.question,
        )]  # fmt: skip
    total, here = format_number(subject.facts.campaign.signatures), format_number(amount)
    waiting = subject.facts.coverage.waiting
    words = _say("%(total)s signed; %(here)s of them gave a postcode in the council’s area.", total=total, here=here)
    if waiting:
        words = _say("%(words)s %(count)s postcodes are still to be looked up.", words=words, count=format_number(waiting))
    if least and amount < least:
        needed = _say("%(words)s %(count)s are needed.", words=words, count=format_number(least))
        do = _say("Ask whether the council counts people from elsewhere who work or study in its area.")
        return [Finding("warn", needed, do)]
    return [Finding("good", words)]


def _check_eligibility(subject: _CheckInput, _check: Check) -> list[Finding]:
    """How many signatures stand under the recipient's rule of who may sign."""
    campaign, totals = subject.facts.campaign, subject.facts.eligibility
    if not subject.profile.counts_declared(campaign.eligibility):
        return [Finding("warn", _say("Whether signatories may sign under the recipient’s rule was not asked."),
                        _say("Say under Settings who may sign: it is asked from then on. "
                             "Say in the letter what is known of the others."))]  # fmt: skip
    needed = subject.profile_threshold
    words = eligible_sentence(campaign.signatures, totals, needed)
    if needed and totals.within < needed:
        do = _say("Collect more from people of whom the statement is true, or ask whether fewer will be looked at.")
        return [Finding("warn", words, do)]
    return [Finding("good", words)]


def _check_language(subject: _CheckInput, check: Check) -> list[Finding]:
    names = [LanguageName(code) for code in check.languages]
    written = {version.language for version in subject.facts.campaign.versions}
    found = next((code for code in check.languages if code in written), "")
    if found:
        return [Finding("good", _say("The text is there in %(language)s.", language=LanguageName(found)))]
    do = _say(
        "Write the petition in %(language)s below, and send a translation of the campaign’s text along.", language=names[0]
    )
    if len(names) == 1:
        words = _say("The petition must be in %(language)s, and the campaign has no %(language)s text.", language=names[0])
    else:
        words = _say(
            "The petition must be in %(language)s or %(other)s, and the campaign has no %(language)s or %(other)s text.",
            language=names[0], other=names[1],
        )  # fmt: skip
    return [Finding("wrong", words, do)]


def _check_frame(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the wording begins and ends as it must, and nothing of the frame was typed a second time."""
    said = " ".join(subject.petition_words)
    found = []
    frame = {"begins": check.begins, "ends": check.ends}
    if check.begins not in said or check.ends not in said:
        words = (
            _say("The wording must begin “%(begins)s” and end “%(ends)s”.", **frame)
            if check.ends
            else _say("The wording must begin “%(begins)s”.", **frame)
        )
        found.append(Finding("wrong", words, _say("Put the frame back into the profile’s template.")))
    for name in ("petitioners", "reasons", "request"):
        given = subject.answers.get(name, "")
        typed = " ".join(given.split())
        # The whole wording is looked at: a piece of the frame may begin any sentence or line of it.
        begins = any(_FRAME_PATTERN.match(part.strip()) for part in _SENTENCE_ENDS.split(given))
        if typed and (check.begins in typed or (check.ends and check.ends in typed) or begins):
            again = _say("A part of the frame is typed a second time: “%(words)s…”.", words=typed[:60])
            found.append(Finding("wrong", again, _say("The frame is put around your words: leave it out of them."), name))
    if not found:
        words = (
            _say("The wording begins “%(begins)s” and ends “%(ends)s”.", **frame)
            if check.ends
            else _say("The wording begins “%(begins)s”.", **frame)
        )
        found.append(Finding("good", words))
    return found


def _check_request(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the request can be read on its own, as it must be."""
    request = subject.answers.get(check.question, "")
    if len(request.split()) < 4:
        return [
            Finding(
                "wrong", _say("The request must be understood on its own."), _say("Say in full what is asked."), check.question
            )
        ]
    if not request[:1].islower():
        words = _say(
            "The request follows “%(before)s”, so it begins with a verb: “%(request)s…”.",
            before=check.words,
            request=request[:40],
        )
        do = _say("Read the sentence aloud, and begin it with a verb such as “urges”.")
        return [Finding("warn", words, do, check.question)]
    read = f"{check.words} {request[:80]}{'…' if len(request) > 80 else ''}"
    return [Finding("good", _say("The request reads: “%(words)s”.", words=read))]


def _check_answered(subject: _CheckInput, check: Check) -> list[Finding]:
    if subject.answers.get(check.question):
        return []
    return [Finding("wrong", Sentence(check.words, {}), _say("Fill it in below."), check.question)]


def _check_limits(subject: _CheckInput, _check: Check) -> list[Finding]:
    found = []
    for question in subject.profile.questions:
        if not question.counted:
            continue
        length = len(subject.answers.get(question.name, ""))
        counted = _say(
            "“%(label)s”: %(length)s characters of %(longest)s.", label=Sentence(question.label, {}),
            length=format_number(length), longest=format_number(question.longest),
        )  # fmt: skip
        if length > question.longest:
            found.append(
                Finding(
                    "wrong",
                    counted,
                    _say("Shorten it by %(count)s.", count=format_number(length - question.longest)),
                    question.name,
                )
            )
        elif not length and question.required:
            found.append(
                Finding(
                    "wrong",
                    _say("“%(label)s” is empty.", label=Sentence(question.label, {})),
                    _say("Fill it in."),
                    question.name,
                )
            )
        else:
            found.append(Finding("good", counted))
    return found


def _check_words(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether the wording, the frame around it included, has no more words than the recipient takes."""
    amount = len(subject.petition_words)
    said = _say(
        "The petition has %(count)s words of %(most)s at most, its frame included.",
        count=format_number(amount), most=format_number(check.most),
    )  # fmt: skip
    if amount > check.most:
        return [
            Finding(
                "wrong", said, _say("Shorten it by %(count)s.", count=format_number(amount - check.most)), check.questions[0]
            )
        ]
    return [Finding("good", said)]


def _check_links(subject: _CheckInput, check: Check) -> list[Finding]:
    """Whether a web address stands in the wording of a recipient that takes none."""
    met = [(name, one[0]) for name in check.questions if (one := _WEB_ADDRESS.search(subject.answers.get(name, "")))]
    if not met:
        return [Finding("good", _say("No web address stands in the petition."))]
    do = _say("Say in words what is to be read there.")
    return [
        Finding(
            "wrong",
            _say("A web address stands in the petition, which is refused with one: “%(address)s”.", address=address[:80]),
            do,
            name,
        )
        for name, address in met
    ]


def _check_notice(_subject: _CheckInput, check: Check) -> list[Finding]:
    """What is always so with this recipient."""
    return [Finding("warn", Sentence(check.words, {}))]


def _check_confirmations(subject: _CheckInput) -> list[Finding]:
    text = subject.facts.campaign.in_language(subject.profile.language).text
    words = " ".join([text.title, text.ask, text.background, *subject.answers.values()])
    found = []
    for rule in subject.profile.confirmations:
        if subject.options.get(confirmation_option(rule.name)) == CONFIRMED:
            found.append(Finding("good", _say("You have confirmed: %(what)s", what=Sentence(rule.label, {}))))
            continue
        met = next((word for word in rule.looks_for if re.search(rf"(?<!\w){re.escape(word)}", words, re.IGNORECASE)), "")
        hint = Sentence(rule.hint, {})
        if met and rule.hint:
            hint = _say("%(hint)s The text speaks of “%(word)s”.", hint=hint, word=met)
        elif met:
            hint = _say("The text speaks of “%(word)s”.", word=met)
        words = _say("To be confirmed by you: %(what)s", what=Sentence(rule.label, {}))
        found.append(Finding("warn", words, hint, confirmation_option(rule.name)))
    return found


def _say(message: str, **values: Any) -> Sentence:
    return Sentence(message, values)


_BY_HAND = {
    True: N_("Sign the top sheet by hand: the paper you hold counts, whether or not it was typed in here."),
    False: N_("Collect them by hand: the paper you hold counts, whether or not it was typed in here."),
}
_LEAST = {
    (True, True): N_("At least %(least)s signature by hand must be handed in"),
    (True, False): N_("At least %(least)s signatures by hand must be handed in"),
    (False, True): N_("At least %(least)s signature must be handed in"),
    (False, False): N_("At least %(least)s signatures must be handed in"),
}
_ON_FILE = {True: N_("%(counted)s is on file"), False: N_("%(counted)s are on file")}
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
