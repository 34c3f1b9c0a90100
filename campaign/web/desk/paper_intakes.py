"""Lists of signatures on paper: uploaded, tried, taken in where one says so, undone."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.likeness import LIKELY, WORDS, Why
from campaign.domain.refusal import Refused
from campaign.domain.removal import LONGEST_REASON
from campaign.domain.role import Act
from campaign.domain.wording import number as in_words
from campaign.intake import checking, taking, undoing
from campaign.intake.checking import Checked, Options
from campaign.intake.taking import TakenBefore
from campaign.runtime import Runtime
from campaign.store.intakes import Intake, IntakeState
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.paper import INTAKE_STATES, paper_page, path, typed
from campaign.web.desk.signature_words import when

LARGEST_FILE = 5_000_000
"""Octets. A longer list is for the command line, which shows how it goes on."""
MOST_ROWS_AT_DESK = 20_000
_CSRF_AND_WORDS = 50_000


def paper_intakes_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/paper/file` and `/desk/c/<slug>/paper/intakes/<id>`."""
    room = gate.room("paper_intakes")

    @room.at("/c/<slug>/paper/file", Act.TAKE_IN, "POST", largest=LARGEST_FILE + _CSRF_AND_WORDS)
    def upload(visit: Visit) -> ResponseReturnValue:
        try:
            label, checked = read(visit)
            intake_id = taking.hold(runtime, visit.actor, visit.campaign, checked, label)
        except Refused as refused:
            return paper_page(runtime, visit, {}, {"file": str(refused)})
        words = "Nothing is taken in yet: see what it would be."
        return done(runtime.links, f"{path(visit)}/intakes/{intake_id}", words, "warn")

    @room.at("/c/<slug>/paper/intakes/<int:number>", Act.TAKE_IN, "GET")
    def intake(visit: Visit, number: int) -> ResponseReturnValue:
        return page(visit, find(visit, number), {}, {})

    @room.at("/c/<slug>/paper/intakes/<int:number>/take", Act.TAKE_IN, "POST")
    def take(visit: Visit, number: int) -> ResponseReturnValue:
        found = find(visit, number)
        likely, again = bool(request.form.get("likely")), bool(request.form.get("again"))
        try:
            taken = taking.confirm(runtime, visit.actor, visit.campaign, found.id, likely=likely, again=again)
        except TakenBefore as before:
            return page(visit, found, typed("likely"), {"again": f"{before} Tick the box if it is to come in once more."})
        except Refused as refused:
            return done(runtime.links, path(visit), str(refused), "warn")
        amount = f"{in_words(taken.signatures)} {'signature' if taken.signatures == 1 else 'signatures'} on paper"
        return done(runtime.links, f"{path(visit)}/intakes/{found.id}", f"{amount} taken in.")

    @room.at("/c/<slug>/paper/intakes/<int:number>/drop", Act.TAKE_IN, "POST")
    def drop(visit: Visit, number: int) -> ResponseReturnValue:
        dropped = undoing.drop(runtime, visit.campaign, number) if number < 2**63 else abort(404)
        words = ("The list is thrown away.", "good") if dropped else ("It was not waiting any more.", "warn")
        return done(runtime.links, path(visit), *words)

    @room.at("/c/<slug>/paper/intakes/<int:number>/undo", Act.TAKE_IN, "POST")
    def undo(visit: Visit, number: int) -> ResponseReturnValue:
        found = find(visit, number)
        try:
            began = undoing.undo(runtime, visit.actor, found, request.form.get("reason", ""))
        except Refused as refused:
            return page(visit, found, typed("reason"), {"reason": str(refused)})
        words = ("It is being undone.", "good") if began else ("There is nothing to undo.", "warn")
        return done(runtime.links, f"{path(visit)}/intakes/{number}", *words)

    def read(visit: Visit) -> tuple[str, Checked]:
        """The name of the file that was sent, and what it would come to. Raises Refused."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refused("Choose a file.")
        with SpooledTemporaryFile(max_size=LARGEST_FILE + 1) as kept:
            kept.write(sent.stream.read(LARGEST_FILE + 1))
            sent.close()
            if kept.tell() > LARGEST_FILE:
                raise Refused("The file is larger than 5 MB. Split it, or bring it in by the command line.")
            checked = checking.check(runtime, visit.campaign, cast("BinaryIO", kept), Options(most=MOST_ROWS_AT_DESK))
        if not checked.rows:
            raise Refused("There is nothing in the file below the names of its columns.")
        return sent.filename, checked

    def find(visit: Visit, number: int) -> Intake:
        return (undoing.find(runtime, visit.campaign, number) if number < 2**63 else None) or abort(404)

    def page(visit: Visit, found: Intake, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        """An intake, or what a list would come to, with what was wrong with what was typed."""
        held = taking.look(runtime, visit.campaign, found.id) if found.state is IntakeState.HELD else None
        if found.state is IntakeState.HELD and held is None:
            return done(runtime.links, path(visit), "That list has waited for too long. Upload it again.", "warn")
        answer = show(
            "intake.html", 422 if errors else 200, intake=found, held=held, values=values, errors=errors, states=INTAKE_STATES,
            reasons=[(why.value, WORDS[why], why in LIKELY) for why in Why], when=lambda at: when(at, visit.campaign.zone),
            longest=LONGEST_REASON, held_state=IntakeState.HELD,
        )  # fmt: skip
        if found.state is IntakeState.UNDOING:
            answer.headers["Refresh"] = "5"
        return answer

    return room
