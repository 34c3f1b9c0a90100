"""Signing in otherwise than by a mailed link: with a passkey, or with a password."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.proving import passkeys, passwords
from campaign.proving.limits import TooMany
from campaign.proving.questions import party
from campaign.runtime import Runtime
from campaign.web.desk.challenge import answer, answered, asked
from campaign.web.desk.confirm import status_of
from campaign.web.desk.entry import here
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit, next_path
from campaign.web.desk.second_factor import begin_or_ask


def other_ways_room(runtime: Runtime, gate: Gate) -> Desk:
    """`GET /desk/sign-in/other`, and a `POST` for each way."""
    room = gate.room("other_ways")
    https = runtime.settings.base_url.startswith("https:")
    # For the sign-in page, which offers these too.
    room.record_once(lambda state: state.app.jinja_env.globals.update(passkeys_possible=party(runtime).possible))

    def page(status: int = 200, address: str = "", **errors: str) -> Response:
        return show("sign_in_other.html", status, next=next_path(), values={"address": address}, errors=errors)

    @room.at("/sign-in/other", Act.ENTER, "GET")
    def other_ways(_visit: Visit | None) -> ResponseReturnValue:
        return page()

    @room.at("/sign-in/password", Act.ENTER, "POST")
    def by_password(visit: Visit | None) -> ResponseReturnValue:
        address = request.form.get("address", "")[:320]
        try:
            campaigner = passwords.check(runtime, address, request.form.get("password", ""), here()[1])
        except Refused as refused:
            return page(status_of(refused), address, password=str(refused))
        return begin_or_ask(runtime, campaigner, next_path(), "password", visit)

    @room.at("/sign-in/passkey.json", Act.ENTER, "POST")
    def ask_for_passkey(_visit: Visit | None) -> ResponseReturnValue:
        try:
            return asked(passkeys.ask_anybody(runtime, here()[1]), https=https)
        except TooMany as refused:
            return {"error": str(refused)}, 429

    @room.at("/sign-in/passkey", Act.ENTER, "POST")
    def by_passkey(visit: Visit | None) -> ResponseReturnValue:
        try:
            campaigner = passkeys.prove(runtime, passkeys.SIGN_IN, answer(), here()[1])
        except Refused as refused:
            return answered(page(status_of(refused), passkey=str(refused)))
        return answered(begin_or_ask(runtime, campaigner, next_path(), "passkey", visit, second_factor=True))

    return room
