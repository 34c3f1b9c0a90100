"""Invalidating many signatures at once: what it would do, doing it, watching it, stopping it and undoing it."""

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from campaign import batching
from campaign.batching import DryRun
from campaign.domain.refusal import Refused
from campaign.domain.removal import DESK_WORDS, LONGEST_REASON, Rule, read_reason, read_removal
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.store.batches import Batch, BatchState
from campaign.store.bounded import TooSlow
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.signature_words import STATES, chips, when
from campaign.web.desk.sought import Sought, sought
from campaign.web.desk.typed import shown_again

_ANY = 2**63 - 1
BATCH_STATES = {
    BatchState.RUNNING: ("running", "warn"), BatchState.CANCELLED: ("stopped", "plain"), BatchState.DONE: ("done", "good"),
    BatchState.UNDOING: ("being undone", "warn"), BatchState.UNDONE: ("undone", "plain"),
}  # fmt: skip
"""What the state of a batch is called, and the tone of it."""
_TOO_SLOW = "That rule takes too long to try. Narrow it: by a network, a mail domain, a source or an hour."
_NOBODY = "No signature that could be invalidated fits that. It may have been done already."


def batches_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/batches`."""
    room = gate.room("batches")

    @room.at("/c/<slug>/batches", Act.MODERATE, "GET")
    def batches(visit: Visit) -> ResponseReturnValue:
        before = request.args.get("older", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 2**62
        found = batching.page(runtime, visit.campaign, number)
        return show("batches.html", batches=found, states=BATCH_STATES, when=lambda at: when(at, visit.campaign.zone))

    @room.at("/c/<slug>/batches/new", Act.MODERATE, "GET")
    def by_rule(visit: Visit) -> ResponseReturnValue:
        return plan(visit, sought(runtime, visit), ())

    @room.at("/c/<slug>/batches/new", Act.MODERATE, "POST")
    def by_selection(visit: Visit) -> ResponseReturnValue:
        return plan(visit, Sought(), _ids())

    @room.at("/c/<slug>/batches", Act.MODERATE, "POST")
    def start(visit: Visit) -> ResponseReturnValue:
        wanted, ids, errors = sought(runtime, visit), _ids(), {}
        values = {name: shown_again(request.form.get(name, "")) for name in ("kind", "reason")}
        given = {name: request.form.get(name, "") for name in values}
        for name, read in (("kind", read_removal), ("reason", read_reason)):
            try:
                read(given[name])
            except Refused as refused:
                errors[name] = str(refused)
        if errors or wanted.errors:
            return plan(visit, wanted, ids, values, errors)
        try:
            number = batching.start(
                runtime, visit.actor, visit.campaign, Rule(wanted.filters, ids), read_removal(given["kind"]), given["reason"],
                _number("expected", 0), _number("up_to", _ANY),
            )  # fmt: skip
        except Refused as refused:
            return plan(visit, wanted, ids, values, {"rule": str(refused)})
        return done(runtime.links, f"{_path(visit)}/{number}", "It has begun. You can leave this page; it goes on.")

    @room.at("/c/<slug>/batches/<int:number>", Act.MODERATE, "GET")
    def one(visit: Visit, number: int) -> ResponseReturnValue:
        batch = find(visit, number)
        answer = show(
            "batch.html", batch=batch, states=BATCH_STATES, kind=DESK_WORDS[batch.kind][0],
            chips=[words for words, _ in chips(batch.rule.filters, visit.campaign.zone, {})],
            when=lambda at: when(at, visit.campaign.zone),
        )  # fmt: skip
        if batch.busy:
            # Without a script the page looks again by itself; with one it is moved on in place.
            answer.headers["Refresh"] = "5"
        return answer

    @room.at("/c/<slug>/batches/<int:number>.json", Act.MODERATE, "GET")
    def progress(visit: Visit, number: int) -> ResponseReturnValue:
        batch = find(visit, number)
        return jsonify(state=batch.state.value, moved=batch.moved, restored=batch.restored, expected=batch.expected)

    @room.at("/c/<slug>/batches/<int:number>/cancel", Act.MODERATE, "POST")
    def cancel(visit: Visit, number: int) -> ResponseReturnValue:
        stopped = batching.cancel(runtime, visit.actor, find(visit, number))
        said = ("Stopped. What it has done so far can be undone.", "good") if stopped else ("It was through already.", "warn")
        return done(runtime.links, f"{_path(visit)}/{number}", *said)

    @room.at("/c/<slug>/batches/<int:number>/undo", Act.MODERATE, "POST")
    def undo(visit: Visit, number: int) -> ResponseReturnValue:
        began = batching.undo(runtime, visit.actor, find(visit, number))
        said = ("Everything it invalidated is being given back.", "good") if began else ("There is nothing to undo.", "warn")
        return done(runtime.links, f"{_path(visit)}/{number}", *said)

    def find(visit: Visit, number: int) -> Batch:
        return (batching.find(runtime, visit.campaign, number) if number < 2**63 else None) or abort(404)

    def plan(
        visit: Visit, wanted: Sought, ids: tuple[int, ...], values: dict[str, str] | None = None,
        errors: dict[str, Any] | None = None,
    ) -> ResponseReturnValue:  # fmt: skip
        """What it would do, and the form that does it."""
        # The fields of the filters are on another page: what is wrong with them is said of the rule as a whole.
        unread = {"rule": " ".join(wanted.errors.values())} if wanted.errors else {}
        errors, dry = {**unread, **(errors or {})}, None
        if not wanted.errors:
            dry, refused = _try(visit, Rule(wanted.filters, ids))
            errors |= {"rule": refused} if refused else {}
        return show(
            "batch_new.html", 422 if errors else 200, wanted=wanted, ids=ids, dry=dry, errors=errors, values=values or {},
            kinds=[(kind.value, words, hint) for kind, (words, hint) in DESK_WORDS.items()], longest=LONGEST_REASON,
            chips=[words for words, _ in chips(wanted.filters, visit.campaign.zone, {})], signature_states=STATES,
            when=lambda at: when(at, visit.campaign.zone), addresses=visit.may(Act.READ_ADDRESSES),
        )  # fmt: skip

    def _try(visit: Visit, rule: Rule) -> tuple[DryRun | None, str]:
        try:
            dry = batching.dry_run(runtime, visit.campaign, rule)
        except Refused as refused:
            return None, str(refused)
        except TooSlow:
            return None, _TOO_SLOW
        return (dry, "") if dry.total else (None, _NOBODY)

    return room


def _ids() -> tuple[int, ...]:
    """The signatures selected in a form; what is no number is left out."""
    given = request.form.getlist("ids")[: batching.MOST_SELECTED + 1]
    return tuple(sorted({int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19}))


def _number(name: str, otherwise: int) -> int:
    """A number that our form carries; what is none is as if it were not there."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else otherwise


def _path(visit: Visit) -> str:
    return f"/desk/c/{visit.campaign.slug}/batches"
