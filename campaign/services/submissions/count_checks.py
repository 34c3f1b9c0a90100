"""Checks of numbers: whether enough signed, of the kind that counts, from where it counts, and under the recipient's rule."""

from campaign.domain.campaigns.eligibility import eligible_sentence
from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence, say
from campaign.services.submissions.check_input import CheckInput, Finding
from campaign.services.submissions.paper_texts import count_in_council_area, read_threshold
from campaign.services.submissions.profiles import Check
from campaign.services.submissions.thresholds import accepted_signatures, counted_signatures, threshold_states

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


def check_counts(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether enough signatures are of the kind that counts."""
    campaign = subject.facts.campaign
    least = check.least or read_threshold(subject.answers.get("threshold", ""))
    accepts = accepted_signatures(subject.profile, subject.answers)
    counted = counted_signatures(subject.profile, campaign, subject.answers)
    found = []
    if accepts == "handwritten" and campaign.online:
        along = (
            say("Those given online go along as an annex that says what it is.")
            if subject.profile.listing is not None
            else say("Of those given online the recipient is told the number, and nobody’s name.")
        )
        found.append(Finding(
            "warn",
            say(
                "Electronic signatures are not accepted here: the %(count)s given online do not count.",
                count=format_number(campaign.online),
            ),
            say("Print sheets and collect signatures by hand. %(along)s", along=along) if subject.profile.sheets else along,
        ))  # fmt: skip
    if accepts == "either" and campaign.online:
        found.append(Finding(
            "warn", say("Whether electronic signatures are accepted is the recipient’s own rule."),
            say("Ask before you hand in, and say below what you were told."), "accepts",
        ))  # fmt: skip
    by_hand = accepts == "handwritten"
    if counted < least:
        found.append(Finding("wrong", _too_few(least, counted, by_hand=by_hand), _how_to_collect(least, by_hand=by_hand)))
    elif least:
        numbers = {"counted": format_number(counted), "least": format_number(least)}
        words = (
            say("There are enough signatures by hand: %(counted)s of at least %(least)s.", **numbers)
            if by_hand
            else say("There are enough signatures: %(counted)s of at least %(least)s.", **numbers)
        )
        found.append(Finding("good", words))
    return found


def check_thresholds(subject: CheckInput, _check: Check) -> list[Finding]:
    """How far it is to each number at which the recipient does something. None of them is a rule that must be kept."""
    states = threshold_states(subject.profile, subject.facts.campaign, subject.answers)
    return [Finding("good" if state.reached else "warn", state.sentence) for state in states]


def check_own_area(subject: CheckInput, check: Check) -> list[Finding]:
    """How many are known to live in the council's own area."""
    council, least = subject.answers.get(check.question, ""), read_threshold(subject.answers.get("threshold", ""))
    amount = count_in_council_area(subject.facts, council)
    if amount is None:
        if not subject.facts.councils:
            return []
        return [Finding(
            "warn",
            say("No area is known by the name “%(name)s”, so the letter does not say how many signed there.", name=council),
            say("Write the name as the council does, such as “Leeds City Council”."), check.question,
        )]  # fmt: skip
    total, here = format_number(subject.facts.campaign.signatures), format_number(amount)
    waiting = subject.facts.coverage.waiting
    words = say("%(total)s signed; %(here)s of them gave a postcode in the council’s area.", total=total, here=here)
    if waiting:
        words = say("%(words)s %(count)s postcodes are still to be looked up.", words=words, count=format_number(waiting))
    if least and amount < least:
        needed = say("%(words)s %(count)s are needed.", words=words, count=format_number(least))
        do = say("Ask whether the council counts people from elsewhere who work or study in its area.")
        return [Finding("warn", needed, do)]
    return [Finding("good", words)]


def check_eligibility(subject: CheckInput, _check: Check) -> list[Finding]:
    """How many signatures stand under the recipient's rule of who may sign."""
    campaign, totals = subject.facts.campaign, subject.facts.eligibility
    if not subject.profile.counts_declared(campaign.eligibility):
        return [Finding("warn", say("Whether signatories may sign under the recipient’s rule was not asked."),
                        say("Say under Settings who may sign: it is asked from then on. "
                             "Say in the letter what is known of the others."))]  # fmt: skip
    needed = subject.profile_threshold
    words = eligible_sentence(campaign.signatures, totals, needed)
    if needed and totals.within < needed:
        do = say("Collect more from people of whom the statement is true, or ask whether fewer will be looked at.")
        return [Finding("warn", words, do)]
    return [Finding("good", words)]


def _too_few(least: int, counted: int, *, by_hand: bool) -> Sentence:
    asked, there = _LEAST[by_hand, least == 1], _ON_FILE[counted == 1]
    numbers = {"least": format_number(least), "counted": format_number(counted)}
    return say("%(asked)s; %(there)s.", asked=Sentence(asked, numbers), there=Sentence(there, numbers))


def _how_to_collect(least: int, *, by_hand: bool) -> Sentence:
    if not by_hand:
        return say("Collect more, or ask whether fewer will be looked at.")
    return Sentence(_BY_HAND[least == 1], {})
