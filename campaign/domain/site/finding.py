"""Finding of a diagnosis: what was looked at, how it came out, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Outcome of a check. That it could not be carried out is neither success nor failure."""

    OK = "ok"
    NOTE = "note"
    """It works; there is something worth knowing."""
    FAULT = "FAULT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    subject: str
    """A word: "database", "redis", "mail", …"""
    message: str
    advice: str = ""
    """What to do; empty where nothing is to be done."""
    outcome: Outcome = Outcome.OK
    record: str = ""
    """DNS record to publish, as a zone file has it, instead of advice."""

    @property
    def next_step(self) -> str:
        """What to do, on one line; empty where nothing is to be done."""
        return f"publish: {self.record}" if self.record else self.advice


def fault(subject: str, message: str, advice: str = "", *, record: str = "") -> Finding:
    """Something that does not work, and what to do or to publish."""
    return Finding(subject, message, advice, Outcome.FAULT, record)


def note(subject: str, message: str, advice: str = "", *, record: str = "") -> Finding:
    """Something that works but may be unwanted, and what to do or to publish."""
    return Finding(subject, message, advice, Outcome.NOTE, record)


def unknown(subject: str, message: str, advice: str) -> Finding:
    """Something that could not be established, and what to do."""
    return Finding(subject, message, advice, Outcome.UNKNOWN)
