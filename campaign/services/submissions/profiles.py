"""Profiles: who can be handed a campaign, read from the folders of `templates/submission/`. Adding one is adding a folder.

A folder has a `profile.toml` and the words of the papers it names. What several profiles say alike lies in the folder
`common`, where a template that a profile does not have itself is looked for. The keys of `profile.toml` are the fields of
`Profile` and of what it is made of; whatever else stands in one is refused, so that a mistyped key is not a rule overlooked.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from campaign.config import TEMPLATES
from campaign.domain.campaigns.eligibility import Eligibility, EligibilityKind

PROFILES_FOLDER = TEMPLATES / "submission"
COMMON_FOLDER = "common"
_PROFILE_FILE = "profile.toml"

Accepts = Literal["electronic", "handwritten", "either", "online-only"]
"""Which signatures count: those given online too, handwritten ones alone, as the recipient says, or none that is brought."""
Names = Literal["all", "public", "none"]
"""Whose names are listed: all who signed, those who chose that theirs may be shown, nobody's."""
_NAMES_BY_EXTENT: tuple[Names, ...] = ("all", "public", "none")
"""From the most to the least."""
CheckRule = Literal[
    "closed", "counts", "thresholds", "own-area", "eligibility", "language", "frame", "request", "answered", "limits", "words",
    "links", "said",
]  # fmt: skip
"""What can be looked at; see `campaign.services.submissions.checks`."""
_CONFIG = ConfigDict(extra="forbid")


class ProfileError(ValueError):
    """A folder that cannot be read as a profile, with what is wrong in it."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Question:
    """Something a campaigner decides about handing in."""

    name: str
    label: str
    hint: str = ""
    kind: Literal["line", "lines", "choose"] = "line"
    longest: int = 300
    """Characters."""
    rows: int = 4
    required: bool = False
    default: str = ""
    """A template for what stands there until something else is written."""
    choices: tuple[tuple[str, str], ...] = ()
    counted: bool = False
    """Whether the characters are counted where it is written, since the recipient counts them."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Paper:
    """One PDF."""

    file: str
    """Its name without ".pdf". They are read in the order of their names."""
    title: str
    words: str = ""
    """The template it begins with; may be none."""
    part: Literal["", "text", "figures", "supporters", "areas", "signatures"] = ""
    """What is set after the words: the text as it was signed, figures, names, totals by area, rows to sign by hand."""
    note: str = ""
    """What stands on each page of it in bold."""
    plain: bool = False
    """Whether its pages have nothing on them but its words and their number: no title, web address or date."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Listing:
    """Listing: what the list of supporters may tell."""

    names: Names = "public"
    """The most; a campaigner may tell less."""
    columns: tuple[Literal["postcode", "area", "country", "comment", "declared"], ...] = ()
    """Beside number and name. `declared`, whether the statement of who may sign was ticked, only where it is asked for."""
    order: Literal["signing", "name"] = "signing"
    online_only: bool = False
    """Whether only those who signed online are listed: an annex beside a petition that is signed by hand."""
    why: str = ""
    """Why these and no others, for the campaigner."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Check:
    """A rule of the recipient that can be looked at; see `campaign.services.submissions.checks`."""

    rule: CheckRule
    question: str = ""
    words: str = ""
    least: int = 0
    begins: str = ""
    ends: str = ""
    languages: tuple[str, ...] = ()
    """Codes of the languages of which the text must be in one."""
    questions: tuple[str, ...] = ()
    """The questions whose answers are the wording."""
    most: int = 0
    """Words, at most."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Threshold:
    """A number of signatures at which the recipient does something."""

    signatures: int
    purpose: str
    """What so many are needed for, as it follows "needed for"."""
    above: bool = False
    """Whether more than so many are needed."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Confirmation:
    """A rule only somebody who has read the text can look at."""

    name: str
    label: str
    hint: str = ""
    looks_for: tuple[str, ...] = ()
    """Words which, found in the text, make it worth a second look."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Source:
    """Source of the rules: where they stand."""

    title: str
    url: str
    seen: str = ""
    """Of when what was read is, in words."""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Profile:
    """One recipient, or one kind of recipients."""

    key: str
    """The name of its folder."""
    folder: Path
    name: str
    place: int
    """Where it stands among the others."""
    accepts: Accepts
    accepts_words: str
    """What it accepts, in sentences for the campaigner."""
    recipient_kinds: tuple[str, ...] = ()
    """The kinds of recipients (`domain.campaigns.campaign.RecipientKind`) it is suggested for."""
    sheets: bool = False
    """Whether sheets to be signed by hand are of use here."""
    language: Literal["en", "de"] = "en"
    """The language of its papers, and of the campaign's text that they start from."""
    row_headings: tuple[tuple[str, float], ...] = (("Name", 3), ("Address with postcode", 5), ("Signature", 3))
    """What stands above the rows to sign, each with its share of the width."""
    thresholds: tuple[Threshold, ...] = ()
    """From the least to the most."""
    listing: Listing | None = None
    questions: tuple[Question, ...] = ()
    eligibility: tuple[EligibilityKind, ...] = ()
    """Kinds of statements that answer its rule of whose signatures stand; none where it has no such rule."""
    papers: tuple[Paper, ...] = ()
    checks: tuple[Check, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    sources: tuple[Source, ...] = ()
    unsure: str = ""
    """What of the rules nobody could make sure of, in sentences for the campaigner; "" where there is nothing."""

    def listed_names(self, requested: str) -> Names:
        """Whose names are listed: what the profile allows, or less where the campaigner wants less."""
        if self.listing is None:
            return "none"
        allowed = _NAMES_BY_EXTENT[_NAMES_BY_EXTENT.index(self.listing.names) :]
        return next((names for names in allowed if names == requested), self.listing.names)

    def counts_declared(self, eligibility: Eligibility) -> bool:
        """Whether a campaign's statement of who may sign answers the rule of this recipient."""
        return eligibility.is_asked and eligibility.kind in self.eligibility

    def listed_columns(self, eligibility: Eligibility) -> tuple[str, ...]:
        """What the list of supporters tells beside names, for a campaign."""
        columns = self.listing.columns if self.listing is not None else ()
        return tuple(name for name in columns if name != "declared" or self.counts_declared(eligibility))


_PROFILE = TypeAdapter(Profile)


@lru_cache(maxsize=8)
def list_profiles(folder: Path = PROFILES_FOLDER) -> tuple[Profile, ...]:
    """All of them, in their order. Raises ProfileError."""
    found = [_read_profile(path.parent) for path in sorted(folder.glob(f"*/{_PROFILE_FILE}"))]
    return tuple(sorted(found, key=lambda profile: (profile.place, profile.key)))


def get_profile(key: str, folder: Path = PROFILES_FOLDER) -> Profile:
    """One of them. Raises LookupError."""
    for found in list_profiles(folder):
        if found.key == key:
            return found
    raise LookupError(f"there is no profile {key!r}; there are {', '.join(found.key for found in list_profiles(folder))}")


def suggested_profile(kind: str, folder: Path = PROFILES_FOLDER) -> Profile:
    """The profile for a kind of recipient; the last one that takes papers where none is for it."""
    found = list_profiles(folder)
    taking = [one for one in found if one.papers]
    return next((one for one in found if kind in one.recipient_kinds), taking[-1])


def _read_profile(folder: Path) -> Profile:
    path = folder / _PROFILE_FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        made = _PROFILE.validate_python({**raw, "key": folder.name, "folder": folder})
    except ValidationError as error:
        wrong = (f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        raise ProfileError(f"{path}: {'; '.join(wrong)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: {error}") from error
    for paper in made.papers:
        if paper.words and not any((place / paper.words).is_file() for place in (folder, folder.parent / COMMON_FOLDER)):
            raise ProfileError(f"{path}: there is no template {paper.words!r} for {paper.file!r}")
    return made
