"""Input of the checks of a recipient's rules, and their findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from campaign.domain.common.invalid_input import Sentence
from campaign.rendering.markdown import plain_text
from campaign.services.submissions.facts import SubmissionFacts
from campaign.services.submissions.paper_texts import read_threshold, render_text
from campaign.services.submissions.profiles import Profile

Level = Literal["good", "warn", "wrong"]


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
class CheckInput:
    """A submission as it is decided so far."""

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
