"""Texts of a campaign: what people sign, and the words beside it, in each language."""

from dataclasses import dataclass

MAX_PAGE_WIDTH_PIXELS = 960
"""Width of the widest copy of a picture that a page loads."""


@dataclass(frozen=True, slots=True)
class SignedText:
    """One version of what people sign."""

    hash: str
    """SHA-256 of the exact text, in hexadecimal (`campaign.domain.campaigns.definition.text_hash`)."""
    title: str
    recipient: str
    """Of whom it is asked."""
    ask: str
    """What is asked, in a sentence or two of Markdown."""
    background: str
    """Why, in Markdown."""
    slug: str = ""
    """The campaign's address when this was written: it is part of the hash, and stays what it was."""


@dataclass(frozen=True, slots=True)
class PageTexts:
    """Texts beside the one that is signed. Each may be empty."""

    note: str = ""
    """A sentence shown above the text; the demonstration campaign says here that it is one."""
    share_text: str = ""
    """What people are offered to say when they share it."""
    picture_alt: str = ""
    """What the picture shows, for those who do not see it."""
    privacy: str = ""
    """What the campaigner adds to the privacy page, in Markdown."""
    summary: str = ""
    """Summary of a sentence or two, for lists, cards and link previews."""
    thank_you: str = ""
    """What is said to who has just verified, in Markdown."""
    organiser_about: str = ""
    """Who the organiser is, in a sentence."""
    goal_notes: str = ""
    """What happens at each goal, a line for each; see `campaign.domain.campaigns.goal_notes`."""
    next_step_label: str = ""
    """What stands on the button of the next step after signing, where that is a link."""
    next_step_text: str = ""
    """Why one should press it, in a sentence."""
    statement: str = ""
    """What signatories tick to say that they may sign, in their own words: "I live in Leeds"; see `eligibility`."""


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """A campaign in one language."""

    language: str
    text: SignedText
    page_texts: PageTexts = PageTexts()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, re-encoded in several widths."""

    hash: str
    """Changes when the picture does."""
    sizes: tuple[tuple[int, int], ...]
    """Width and height of each copy kept, in pixels, smallest first."""

    @property
    def page_sizes(self) -> tuple[tuple[int, int], ...]:
        """Those of the copies that pages load; what is wider is for drawing cards."""
        return tuple(size for size in self.sizes if size[0] <= MAX_PAGE_WIDTH_PIXELS) or self.sizes[:1]


@dataclass(frozen=True, slots=True)
class Illustration:
    """A picture with what it shows: of a campaign's gallery, or of an update."""

    picture: Picture
    alts: tuple[tuple[str, str], ...]
    """Language and alternative text in it, the campaign's main language first."""
    url: str = ""
    """The `https` page of a video that it stands for; empty for a plain picture. Nothing is loaded from there."""

    def alt_in(self, language: str) -> tuple[str, str]:
        """Language and alternative text: in a language, else in the first one."""
        return next((each for each in self.alts if each[0] == language), self.alts[0] if self.alts else (language, ""))
