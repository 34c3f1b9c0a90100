"""The comments of a campaign's signatories: reading them, hiding one, showing it again."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign import commenting
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.store.bounded import TooSlow
from campaign.store.comments import Towards, Which
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.pages import read_cursor
from campaign.web.desk.signature_words import STATES, place, when
from campaign.web.desk.typed import shown_again


def comments_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/comments`."""
    room = gate.room("comments")

    @room.at("/c/<slug>/comments", Act.READ_SIGNATURES, "GET")
    def comments(visit: Visit) -> ResponseReturnValue:
        return page(visit)

    @room.at("/c/<slug>/comments/<int:number>/hide", Act.MODERATE, "POST")
    def hide(visit: Visit, number: int) -> ResponseReturnValue:
        reason = request.form.get("reason", "")
        try:
            hidden = number < 2**63 and commenting.hide(runtime, visit.actor, visit.campaign.id, number, reason)
        except Refused as refused:
            return page(visit, {f"reason-{number}": str(refused)}, {f"reason-{number}": shown_again(reason)}, number)
        return back(visit, "The comment is hidden.", moved=hidden)

    @room.at("/c/<slug>/comments/<int:number>/show", Act.MODERATE, "POST")
    def show_again(visit: Visit, number: int) -> ResponseReturnValue:
        shown = number < 2**63 and commenting.show(runtime, visit.actor, visit.campaign.id, number)
        return back(visit, "The comment can be shown again.", moved=shown)

    def back(visit: Visit, words: str, *, moved: bool) -> ResponseReturnValue:
        said = (words, "good") if moved else ("Nothing was changed: somebody else was faster.", "warn")
        return done(runtime.links, _address(visit, _which()), *said)

    def page(
        visit: Visit, errors: dict[str, str] | None = None, values: dict[str, str] | None = None, about: int | None = None
    ) -> ResponseReturnValue:
        which, cursor, slow = _which(), read_cursor(request.args), False
        towards: Towards = cursor.towards if cursor else "older"
        # What was refused is shown on the page that begins with it.
        start = about + 1 if about is not None else cursor.id if cursor else None
        try:
            read = commenting.read(runtime, visit.campaign.id, which, towards, start)
        except TooSlow:
            read, slow = commenting.Read((), None, None), True
        newer = "" if read.newer is None else _address(visit, which, f"newer={read.newer}")
        older = "" if read.older is None else _address(visit, which, f"older={read.older}")
        return show(
            "comments.html", 422 if errors else 200, read=read, slow=slow, which=which, errors=errors or {},
            values=values or {}, newer=newer, older=older, states=STATES, place=place, longest=commenting.LONGEST_REASON,
            when=lambda at: when(at, visit.campaign.zone), moderates=visit.may(Act.MODERATE),
        )  # fmt: skip

    return room


def _which() -> Which:
    return "hidden" if request.args.get("which") == "hidden" else "all"


def _address(visit: Visit, which: Which, more: str = "") -> str:
    query = "&".join(part for part in ("which=hidden" if which == "hidden" else "", more) if part)
    return f"/desk/c/{visit.campaign.slug}/comments{'?' if query else ''}{query}"
