"""Goal notes: what happens at a goal, as in "10,000: the Government responds", a line for each."""

import re
from functools import lru_cache

from campaign.domain.common.field_reader import read_text
from campaign.domain.common.invalid_input import InvalidInputError

MAX_GOAL_NOTES = 20
MAX_NOTE_LENGTH = 120
"""Characters of what is said of one goal."""
MAX_GOAL_NOTES_LENGTH = MAX_GOAL_NOTES * (MAX_NOTE_LENGTH + 13)
"""Characters of all lines: each with its number, a colon, a space and its end."""
_LINE = re.compile(r"(?P<goal>[0-9][0-9., \u00a0\u202f]{0,14})\s*[:=–—]\s*(?P<note>\S.*)")


def read_goal_notes(value: object) -> str:
    """The lines in order of their numbers, each written alike; "" for none. Raises InvalidInputError."""
    notes: dict[int, str] = {}
    for line in filter(None, map(str.strip, read_text(value, MAX_GOAL_NOTES_LENGTH).split("\n"))):
        found = _LINE.fullmatch(line)
        digits = re.sub(r"\D", "", found["goal"]) if found else ""
        if found is None or not 1 <= len(digits) <= 9:
            raise InvalidInputError(
                "write a number, a colon and what happens there on each line, as in 10,000: the Government responds"
            )
        note = " ".join(found["note"].split())
        if len(note) > MAX_NOTE_LENGTH:
            raise InvalidInputError(
                "must have %(most)s characters or fewer for each goal; one has %(has)s", most=MAX_NOTE_LENGTH, has=len(note)
            )
        if int(digits) in notes:
            raise InvalidInputError("must have one line for each goal; %(goal)s has two", goal=f"{int(digits):,}")
        notes[int(digits)] = note
    if len(notes) > MAX_GOAL_NOTES:
        raise InvalidInputError("must have %(most)s lines or fewer", most=MAX_GOAL_NOTES)
    return "\n".join(f"{goal:,}: {note}" for goal, note in sorted(notes.items()))


@lru_cache(maxsize=512)
def goal_notes(text: str, goals: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    """What happens at each of these goals that a text speaks of (as `read_goal_notes` has read it), the lowest first."""
    lines = (line.partition(": ") for line in text.split("\n") if line)
    notes = ((int(goal.replace(",", "")), note) for goal, _, note in lines)
    return tuple((goal, note) for goal, note in notes if goal in goals)
