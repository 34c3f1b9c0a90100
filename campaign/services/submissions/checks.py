"""The rules of a recipient that can be looked at: what is well, what to think of, what must be put right before handing in.

Which of them apply, and with which words, stands in the profile. Those of numbers are in `count_checks`, those of
wording in `wording_checks`.
"""

import re
from collections.abc import Callable, Mapping

from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.invalid_input import Sentence, say
from campaign.services.submissions import count_checks, wording_checks
from campaign.services.submissions.check_input import CheckInput, Finding
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.paper_texts import answers_or_defaults
from campaign.services.submissions.profiles import Check, CheckRule, Profile

CONFIRMED = "confirmed"
"""What an option `confirm_…` holds once somebody has looked."""


def confirmation_option(name: str) -> str:
    """The name of the option that says a rule was looked at."""
    return f"confirm_{name}"


def run_checks(profile: Profile, facts: SubmissionFacts, options: Mapping[str, str]) -> list[Finding]:
    """All findings, in the order of the profile's rules; at the end what somebody must look at themselves."""
    seen = CheckInput(profile, facts, options, answers_or_defaults(profile, facts, options))
    found = [finding for check in profile.checks for finding in _CHECKS[check.rule](seen, check)]
    return [*found, *_check_confirmations(seen)]


def _check_closed(subject: CheckInput, _check: Check) -> list[Finding]:
    match subject.facts.state:
        case CampaignState.FINAL:
            return [Finding("good", say("The campaign is closed and its total is certified."))]
        case CampaignState.CLOSED:
            words = say("The campaign is closed, but links emailed before the deadline still verify.")
            do = say("Wait until the total is final. Until then every page says that it is provisional.")
            return [Finding("warn", words, do)]
    return [Finding("warn", say("The campaign is not closed yet."),
                    say("Close it, or hand in a provisional paper: every page says as of when."))]  # fmt: skip


def _check_notice(_subject: CheckInput, check: Check) -> list[Finding]:
    """What is always so with this recipient."""
    return [Finding("warn", Sentence(check.words, {}))]


def _check_confirmations(subject: CheckInput) -> list[Finding]:
    text = subject.facts.campaign.in_language(subject.profile.language).text
    words = " ".join([text.title, text.ask, text.background, *subject.answers.values()])
    found = []
    for rule in subject.profile.confirmations:
        if subject.options.get(confirmation_option(rule.name)) == CONFIRMED:
            found.append(Finding("good", say("You have confirmed: %(what)s", what=Sentence(rule.label, {}))))
            continue
        met = next((word for word in rule.looks_for if re.search(rf"(?<!\w){re.escape(word)}", words, re.IGNORECASE)), "")
        hint = Sentence(rule.hint, {})
        if met and rule.hint:
            hint = say("%(hint)s The text speaks of “%(word)s”.", hint=hint, word=met)
        elif met:
            hint = say("The text speaks of “%(word)s”.", word=met)
        asked = say("To be confirmed by you: %(what)s", what=Sentence(rule.label, {}))
        found.append(Finding("warn", asked, hint, confirmation_option(rule.name)))
    return found


_CHECKS: dict[CheckRule, Callable[[CheckInput, Check], list[Finding]]] = {
    "closed": _check_closed,
    "counts": count_checks.check_counts,
    "thresholds": count_checks.check_thresholds,
    "own-area": count_checks.check_own_area,
    "eligibility": count_checks.check_eligibility,
    "language": wording_checks.check_language,
    "frame": wording_checks.check_frame,
    "request": wording_checks.check_request,
    "answered": wording_checks.check_answered,
    "limits": wording_checks.check_limits,
    "words": wording_checks.check_words,
    "links": wording_checks.check_links,
    "said": _check_notice,
}
