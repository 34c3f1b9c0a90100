"""One page in one state, and what is said about what was found on pages."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class PageState:
    """One page in one state, and how a browser comes to see it."""

    name: str
    url: str
    status: int = 200
    form: dict[str, str] | None = None
    """What is posted to it; None where it is simply opened."""
    cookies: dict[str, str] = field(default_factory=dict)
    example: str = ""
    """What the page must say, so that a catalogue cannot show something else under this name."""

    @property
    def file_name(self) -> str:
        return self.name.replace(", ", "-").replace(" ", "-")

    def in_language(self, language: str) -> "PageState":
        """The same page, asked for in a language."""
        return replace(self, url=f"{self.url}{'&' if '?' in self.url else '?'}lang={language}", example="")


def problem_report(found: dict[str, list[str]]) -> str:
    """What was found, a line each, with the pages it was found on; empty where nothing was."""
    pages: dict[str, list[str]] = {}
    for name, problems in found.items():
        for problem in dict.fromkeys(problems):
            pages.setdefault(problem, []).append(name)
    return "\n".join(f"{problem}\n    on {' | '.join(names)}" for problem, names in pages.items())
