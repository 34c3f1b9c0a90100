"""Proving again who one is, before what must not be done by whoever finds an open laptop."""

from urllib.parse import urlencode

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from campaign import entering
from campaign.domain.address import read_address
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.proving import codes, passkeys, passwords
from campaign.proving.limits import TooMany
from campaign.proving.ways import Ways, ways
from campaign.runtime import Runtime
from campaign.store import sessions
from campaign.web.desk.challenge import answer, answered, asked
from campaign.web.desk.entry import here
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit, next_path


def confirm_room(runtime: Runtime, gate: Gate) -> Desk:
    """`GET /desk/confirm?next=…`, and a `POST` for each way there is."""
    room = gate.room("confirm")
    https = runtime.settings.base_url.startswith("https:")

    def page(visit: Visit, status: int = 200, **errors: str) -> Response:
        wanted = next_path()
        return show("confirm.html", status, ways=ways(runtime, visit.campaigner, wanted), next=wanted, errors=errors)

    def open_ways(visit: Visit) -> Ways:
        return ways(runtime, visit.campaigner, next_path())

    def go_on(visit: Visit, *, second_factor: bool) -> Response:
        now = runtime.now()
        runtime.ask_redis(lambda redis: sessions.confirm(redis, visit.session, now, second_factor=second_factor))
        return redirect(next_path(), 303)  # type: ignore[return-value]

    @room.at("/confirm", Act.OWN, "GET")
    def confirm(visit: Visit) -> ResponseReturnValue:
        return page(visit)

    @room.at("/confirm/password", Act.OWN, "POST")
    def confirm_by_password(visit: Visit) -> ResponseReturnValue:
        if not open_ways(visit).password:
            return page(visit, 422)
        try:
            passwords.confirm(runtime, visit.campaigner, request.form.get("password", ""), here()[1])
        except Refused as refused:
            return page(visit, status_of(refused), password=said_alone(refused))
        return go_on(visit, second_factor=False)

    @room.at("/confirm/code", Act.OWN, "POST")
    def confirm_by_code(visit: Visit) -> ResponseReturnValue:
        try:
            codes.check(runtime, visit.campaigner.id, visit.actor, request.form.get("code", ""))
        except Refused as refused:
            return page(visit, status_of(refused), code=str(refused))
        return go_on(visit, second_factor=True)

    @room.at("/confirm/passkey.json", Act.OWN, "POST")
    def ask_for_passkey(visit: Visit) -> ResponseReturnValue:
        return asked(
            passkeys.ask(runtime, passkeys.to_confirm(visit.campaigner.id), visit.campaigner.id), https=https
        )  # fmt: skip

    @room.at("/confirm/passkey", Act.OWN, "POST")
    def confirm_by_passkey(visit: Visit) -> ResponseReturnValue:
        try:
            owner = passkeys.prove(runtime, passkeys.to_confirm(visit.campaigner.id), answer(), here()[1])
        except Refused as refused:
            return answered(page(visit, 422, passkey=str(refused)))
        if owner.id != visit.campaigner.id:
            return answered(page(visit, 422, passkey="That passkey is another campaigner’s."))
        return answered(go_on(visit, second_factor=True))

    @room.at("/confirm/mail", Act.OWN, "POST")
    def confirm_by_mail(visit: Visit) -> ResponseReturnValue:
        if not open_ways(visit).mail:
            return page(visit, 422)
        wanted = next_path()
        back = f"/desk/confirm?{urlencode({'next': wanted})}"
        if not entering.ask(runtime, read_address(visit.campaigner.email), here()[1], wanted):
            return done(runtime.links, back, "Too many links were asked for. Use the newest mail, or wait a little.", "warn")
        return done(runtime.links, back, "We have mailed you a link. Open it in this browser: it leads on from here.")

    return room


def must_be_sure(runtime: Runtime, visit: Visit, back: str) -> None:
    """Go on only for who has just proved who they are, and by their second factor where they have one; ask others to.

    `back` is the page they come back to. A new proof is a new way in: whoever adds one must be who they say they are.
    """
    twice = visit.session.second_factor or not visit.campaigner.second_factor
    if not (twice and visit.session.fresh(runtime.now())):
        abort(redirect(f"/desk/confirm?{urlencode({'next': back})}", 303))


def status_of(refused: Refused) -> int:
    """The status of a page that says why something was refused."""
    return 429 if isinstance(refused, TooMany) else 422


def said_alone(refused: Refused) -> str:
    """Why a password was refused, where no address was typed with it."""
    return "That password is not right." if str(refused) == passwords.WRONG else str(refused)
