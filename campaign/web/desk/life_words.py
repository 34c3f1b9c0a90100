"""What the desk calls the steps of a campaign's life, and where what a draft lacks is put right."""

from dataclasses import dataclass

from campaign.domain.announcement import Kind
from campaign.domain.life import Move, Stage


@dataclass(frozen=True, slots=True)
class StepWords:
    """One step as it is offered."""

    path: str
    name: str
    """As a button and a title say it."""
    means: str
    """What it comes to, in a sentence."""
    danger: bool = False


MOVES = {
    move: StepWords(move.value, name, means, danger=move in (Move.CLOSE, Move.TAKE_DOWN))
    for move, name, means in (
        (Move.PUBLISH, "Publish", "Show the campaign to everybody, to be signed now or from a day you choose."),
        (Move.OPENING, "Change the opening", "Open it now, or at another time than was planned."),
        (Move.PAUSE, "Pause signing", "Take no new signatures for now. Nothing is lost, and you can resume at any time."),
        (Move.RESUME, "Resume signing", "Take signatures again."),
        (Move.EXTEND, "Extend the deadline", "Let people sign for longer. The public page says so, with your reason."),
        (Move.CLOSE, "Close early", "Bring the deadline forward to this moment. The public page says so, with your reason."),
        (Move.ADDRESS, "Change the address", "Give the campaign another address. The old one leads to it."),
        (Move.TAKE_DOWN, "Take down", "Hide the campaign from everybody. You can put it back."),
        (Move.PUT_BACK, "Put back", "Show the campaign again, as it was."),
    )
}
DONE = {
    Move.PUBLISH: "The campaign is published.",
    Move.OPENING: "The opening was changed.",
    Move.PAUSE: "Signing is paused.",
    Move.RESUME: "People can sign again.",
    Move.EXTEND: "The deadline was extended.",
    Move.CLOSE: "The campaign is closed.",
    Move.ADDRESS: "The campaign has a new address.",
    Move.TAKE_DOWN: "The campaign is taken down.",
    Move.PUT_BACK: "The campaign is shown again.",
}
"""What is said when it is done."""
STAGES = (Stage.DRAFT, Stage.SCHEDULED, Stage.OPEN, Stage.CLOSED, Stage.FINAL)
"""The way a campaign goes, if all goes as planned."""
TOLD = {
    Kind.CLOSED_EARLY: "Closed early",
    Kind.EXTENDED: "Deadline extended",
    Kind.PAUSED: "Signing paused",
    Kind.RESUMED: "Signing resumed",
}
FIELD_ROOMS = {
    **dict.fromkeys(("title", "recipient", "ask", "background", "picture_alt"), "text"),
    **dict.fromkeys(("closes_at", "contact", "controller"), "settings"),
}
"""The room in which each field is edited."""
