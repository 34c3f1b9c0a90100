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

from campaign.submission.checks import Finding, accepted, checks, confirmation
from campaign.submission.deciding import Decision, Overtaken, decide, decided, note, options_of
from campaign.submission.facts import Facts, gather
from campaign.submission.phrases import answers, shown
from campaign.submission.recipients import Profile, ProfileRefused, Question, profile, profiles, suggested
from campaign.submission.writing import Written, write

__all__ = [
    "Decision", "Facts", "Finding", "Overtaken", "Profile", "ProfileRefused", "Question", "Written", "accepted", "answers",
    "checks", "confirmation", "decide", "decided", "gather", "note", "options_of", "profile", "profiles", "shown",
    "suggested", "write",
]  # fmt: skip
