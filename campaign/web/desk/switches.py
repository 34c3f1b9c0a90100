"""Switches of the whole site: what each does, where it stands, and a page that asks before it is thrown."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import switching
from campaign.domain import wording
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.switch import HOLD_SIGNING, LONGEST_MESSAGE, Position, Switch, read_message
from campaign.runtime import Runtime
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit

_ZONE = ZoneInfo("Europe/London")
_PATH = "/desk/site/switches"
_LONGEST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """A switch in words."""

    title: str
    does: tuple[str, ...]
    """What it does while it is on, as sentences."""
    thrown: str
    """What is said once it is on."""
    back: str
    """What is said once it is off again."""


_WORDS = {
    Switch.PAUSE_SIGNING: Said(
        "Pause signing",
        (
            "No campaign takes new signatures. Its page says so, with your message, and what was typed is not stored.",
            "Links already mailed still verify. Withdrawing works. Deadlines stay as they are.",
        ),
        "Signing is paused on the whole site.",
        "Signing goes on.",
    ),
    Switch.READ_ONLY: Said(
        "Read-only",
        (
            "Nobody signs, verifies, or changes their choices, and at the desk nothing but these switches can be changed.",
            "Withdrawing always works.",
            "Links already mailed wait. They work again afterwards, for as long as they would have.",
            "No total becomes final meanwhile.",
        ),
        "The site is read-only.",
        "The site takes signatures and changes again.",
    ),
    Switch.HIDE_SUPPORTERS: Said(
        "Hide recent supporters",
        ("No campaign’s page shows who signed lately. Nothing else changes.",),
        "No page shows recent supporters.",
        "Pages show recent supporters again, where the campaign wants it.",
    ),
    Switch.SLOW_COUNT: Said(
        "Slow the count",
        (
            "Open pages ask for the count once in 30 seconds or less often, and campaign pages may be kept for a minute.",
            "The count itself stays exact. Pages that are open now notice within a minute.",
        ),
        "The count is slowed.",
        "The count is as quick as before, within a minute.",
    ),
}


def switches_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/site/switches` and a page for each of them."""
    room = gate.room("switches")

    @room.at("/site/switches", Act.OPERATE, "GET")
    def switches(_visit: Visit) -> ResponseReturnValue:
        rows = [(each, _WORDS[each.switch], _since(each)) for each in switching.positions(runtime)]
        return show("switches.html", rows=rows)

    @room.at("/site/switches/<name>", Act.OPERATE, "GET")
    def ask(_visit: Visit, name: str) -> ResponseReturnValue:
        position = find(name)
        return page(position, {"message": position.message}, {})

    @room.at("/site/switches/<name>", Act.OPERATE, "POST", always=True)
    def throw(visit: Visit, name: str) -> ResponseReturnValue:
        position, typed = find(name), request.form.get("message", "")
        on = request.form.get("on", "")
        if on not in ("0", "1"):
            abort(422)
        try:
            message = read_message(typed) if position.switch in HOLD_SIGNING else ""
        except Refused as refused:
            return page(position, {"message": typed[:_LONGEST_SHOWN]}, {"message": str(refused)})
        said = _WORDS[position.switch]
        if not switching.throw(runtime, visit.actor, position.switch, on=on == "1", message=message):
            return done(runtime.links, _PATH, "It stood so already. Nothing was changed.", "warn")
        return done(runtime.links, _PATH, said.thrown if on == "1" else said.back, "warn" if on == "1" else "good")

    def find(name: str) -> Position:
        return next((each for each in switching.positions(runtime) if each.switch.value == name), None) or abort(404)

    def page(position: Position, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        return show(
            "switch.html", 422 if errors else 200, position=position, words=_WORDS[position.switch], values=values,
            errors=errors, since=_since(position), speaks=position.switch in HOLD_SIGNING, longest=LONGEST_MESSAGE,
        )  # fmt: skip

    return room


def _since(position: Position) -> str:
    if position.at is None:
        return "Never thrown."
    by = position.by or "the command line"
    return f"Turned {'on' if position.on else 'off'} by {by} on {wording.moment(position.at, _ZONE)}."
