"""Signing in by a mailed link, and signing out. Whoever asks for a link is answered alike; looking at one changes nothing."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign import entering
from campaign.domain.address import read_address
from campaign.domain.names import read_name
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.entering import AddressTaken, Said
from campaign.runtime import Runtime
from campaign.store import sessions
from campaign.store.people import Campaigner
from campaign.web.desk.entry import here, known_by_link, let_in
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import COOKIE, Desk, Gate, Visit, next_path
from campaign.web.desk.second_factor import ask_for_code

_LONGEST_SHOWN = 400
"""Characters of a field that are shown again after an error."""


def sign_in_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/sign-in`, `/desk/check-your-email`, `/desk/enter/<token>`, `/desk/sign-out`."""
    room = gate.room("sign_in")

    @room.at("/sign-in", Act.ENTER, "GET")
    def sign_in(visit: Visit | None) -> ResponseReturnValue:
        if visit is not None:
            return redirect(next_path(), 303)
        return show("sign_in.html", values={}, errors={}, next=next_path(""))

    @room.at("/sign-in", Act.ENTER, "POST")
    def ask_for_link(_visit: Visit | None) -> ResponseReturnValue:
        wanted, typed = next_path(""), request.form.get("email", "")
        try:
            address = read_address(typed)
        except Refused as refused:
            values = {"email": typed[:_LONGEST_SHOWN]}
            return show("sign_in.html", 422, values=values, errors={"email": str(refused)}, next=wanted)
        entering.ask(runtime, address, here()[1], wanted)
        return redirect("/desk/check-your-email", 303)

    @room.at("/check-your-email", Act.ENTER, "GET")
    def check_your_email(_visit: Visit | None) -> ResponseReturnValue:
        return show("check_email.html", sender=runtime.settings.mail_from)

    @room.at("/enter/<token>", Act.ENTER, "GET")
    def look_at_link(_visit: Visit | None, token: str) -> ResponseReturnValue:
        campaigner = entering.look(runtime, token)
        return over() if campaigner is None else door(campaigner, token)

    @room.at("/enter/<token>", Act.ENTER, "POST")
    def enter(visit: Visit | None, token: str) -> ResponseReturnValue:
        campaigner = entering.look(runtime, token)
        if campaigner is not None:
            said, errors = _read(campaigner)
            if said is None:
                return door(campaigner, token, errors)
            try:
                entered = entering.enter(runtime, token, *here(), said)
            except AddressTaken:
                return door(campaigner, token, {"email": "There is a campaigner with this address already."})
            if entered is not None and not entered.cookie:
                return ask_for_code(runtime, entered.campaigner_id, next_path(), "link")
            if entered is not None:
                return let_in(runtime, entered.cookie, next_path(), visit)
        # Pressed twice: the first press has let them in.
        return over() if visit is None else redirect(next_path(), 303)

    @room.at("/sign-out", Act.ENTER, "POST")
    def sign_out(visit: Visit | None) -> ResponseReturnValue:
        if visit is not None:
            runtime.ask_redis(lambda redis: sessions.end(redis, visit.campaigner.id, visit.session.id))
            entering.sign_out(runtime, visit.actor)
        response = done(runtime.links, "/desk/sign-in", "You are signed out.")
        response.delete_cookie(COOKIE, path="/desk")
        return response

    def door(campaigner: Campaigner, token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
        values = {name: request.form.get(name, "")[:_LONGEST_SHOWN] for name in ("name", "email")}
        page = show(
            "enter.html", 422 if errors else 200, campaigner=campaigner, token=token, values=values, errors=errors or {},
            next=next_path(""),
        )  # fmt: skip
        return known_by_link(page)

    def over() -> ResponseReturnValue:
        return known_by_link(show("link_over.html", 410, next=next_path("")))

    return room


def _read(campaigner: Campaigner) -> tuple[Said | None, dict[str, str]]:
    """What somebody says of themselves where they are asked; None, and what is wrong with each field, where it will not do."""
    errors: dict[str, str] = {}
    name, address = "", None
    if not campaigner.name:
        try:
            name = read_name(request.form.get("name", ""))
        except Refused as refused:
            errors["name"] = str(refused)
    if not campaigner.email:
        try:
            address = read_address(request.form.get("email", ""))
        except Refused as refused:
            errors["email"] = str(refused)
    return (None if errors else Said(name, address)), errors
