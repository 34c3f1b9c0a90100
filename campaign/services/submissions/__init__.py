"""Handing in: what a recipient accepts, whether a campaign meets it, and the papers that are handed over.

A recipient is a *profile*: a folder under `templates/submission/` with a `profile.toml` (what it accepts, which papers it gets,
what may be listed of whom) and the words of its papers. Adding one is adding a folder.

    profile = submission.profile("house-of-commons")          raises LookupError
    options = submission.options_of(connection, standing.id, profile)
    with runtime.snapshot() as connection:
        written = submission.write(runtime, connection, standing, profile, options, folder)

`write(runtime: Runtime, connection: Connection, standing: Standing, profile: Profile, options: Mapping[str, str], folder: Path,
progress: Callable[[int], None] = …) -> list[Written]` puts PDFs into a folder that is there, in the order they are read in;
`Written(name: str, pages: int, rows: int)`, `name` being that of the file in the folder. `progress` is told of every few
thousand names written; what it raises ends the work. All papers tell of the moment `connection` sees, so it is one of
`runtime.snapshot()`. The same data give the same bytes. It raises Refused where the profile takes no papers (`profile.papers`
is empty: its own online system only).
"""

from campaign.services.submissions.checks import Finding, accepted_signatures, confirmation_option, run_checks
from campaign.services.submissions.decisions import (
    Decision,
    OvertakenError,
    get_decision,
    get_options,
    record_written,
    save_decision,
)
from campaign.services.submissions.facts import SubmissionFacts, gather_facts
from campaign.services.submissions.paper_texts import answers_or_defaults, editable_texts
from campaign.services.submissions.papers import WrittenPaper, write_papers
from campaign.services.submissions.profiles import (
    Profile,
    ProfileError,
    Question,
    get_profile,
    list_profiles,
    suggested_profile,
)

__all__ = [
    "Decision",
    "Finding",
    "OvertakenError",
    "Profile",
    "ProfileError",
    "Question",
    "SubmissionFacts",
    "WrittenPaper",
    "accepted_signatures",
    "answers_or_defaults",
    "confirmation_option",
    "editable_texts",
    "gather_facts",
    "get_decision",
    "get_options",
    "get_profile",
    "list_profiles",
    "record_written",
    "run_checks",
    "save_decision",
    "suggested_profile",
    "write_papers",
]
