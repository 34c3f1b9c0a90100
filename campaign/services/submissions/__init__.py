"""Handing in: what a recipient accepts, whether a campaign meets it, and the papers that are handed over.

A recipient is a *profile*: a folder under `templates/submission/` with a `profile.toml` (what it accepts, which papers it gets,
what may be listed of whom) and the words of its papers. Adding one is adding a folder.

    profile = submissions.get_profile("house-of-commons")          raises LookupError
    options = submissions.get_options(connection, campaign.id, profile)
    with runtime.snapshot() as connection:
        facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
        written = papers.write_papers(runtime, connection, profile, facts, options, folder)

All papers tell of the moment `connection` sees, so it is one of `runtime.snapshot()`. The same data give the same bytes.
`supporter_list` is what the printed list is made from: who may be listed for this recipient, and with what.

What draws is imported by itself, by whom it serves (`papers`, `integrity` and `unprintable`): web processes have none of the
libraries for it.
"""

from campaign.services.submissions.check_input import Finding
from campaign.services.submissions.checks import confirmation_option, run_checks
from campaign.services.submissions.decisions import (
    Decision,
    OvertakenError,
    get_decision,
    get_options,
    record_written,
    save_decision,
)
from campaign.services.submissions.eligible import EligibleCount, count_eligible
from campaign.services.submissions.facts import SubmissionFacts, gather_facts
from campaign.services.submissions.paper_texts import answers_or_defaults, editable_texts, names_nobody
from campaign.services.submissions.profiles import (
    Profile,
    ProfileError,
    Question,
    get_profile,
    list_profiles,
    suggested_profile,
)
from campaign.services.submissions.supporters import SupporterList, supporter_list
from campaign.services.submissions.thresholds import ThresholdState, accepted_signatures, next_threshold, threshold_states

__all__ = [
    "Decision",
    "EligibleCount",
    "Finding",
    "OvertakenError",
    "Profile",
    "ProfileError",
    "Question",
    "SubmissionFacts",
    "SupporterList",
    "ThresholdState",
    "accepted_signatures",
    "answers_or_defaults",
    "confirmation_option",
    "count_eligible",
    "editable_texts",
    "gather_facts",
    "get_decision",
    "get_options",
    "get_profile",
    "list_profiles",
    "names_nobody",
    "next_threshold",
    "record_written",
    "run_checks",
    "save_decision",
    "suggested_profile",
    "supporter_list",
    "threshold_states",
]
