"""One's own account: name, mails, how one proves who one is, and the browsers one is signed in with."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from campaign import account as accounts
from campaign.domain import wording
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit

_PATH = "/desk/account"
_LONGEST_SHOWN = 400
_LONDON = ZoneInfo("Europe/London")


def account_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/account` and the forms on it."""
    room = gate.room("account")

    @room.at("/account", Act.OWN, "GET")
    def account(visit: Visit) -> ResponseReturnValue:
        return page(visit, {"name": visit.campaigner.name}, {})

    @room.at("/account/name", Act.OWN, "POST")
    def name(visit: Visit) -> ResponseReturnValue:
        typed = request.form.get("name", "")
        try:
            accounts.rename(runtime, visit.actor, visit.campaigner, typed)
        except Refused as refused:
            return page(visit, {"name": typed[:_LONGEST_SHOWN]}, {"name": str(refused)})
        return done(runtime.links, _PATH, "Your name is saved.")

    @room.at("/account/mails", Act.OWN, "POST")
    def mails(visit: Visit) -> ResponseReturnValue:
        told, digest = (request.form.get(field) == "1" for field in ("told", "digest"))
        accounts.want(runtime, visit.actor, visit.campaigner, told=told, digest=digest)
        return done(runtime.links, _PATH, "Your choice of mails is saved.")

    @room.at("/account/sessions/end", Act.OWN, "POST")
    def end(visit: Visit) -> ResponseReturnValue:
        if accounts.sign_out_browser(runtime, visit.actor, visit.campaigner, request.form.get("session", "")):
            return done(runtime.links, _PATH, "That browser is signed out.")
        return done(runtime.links, _PATH, "That browser was signed out already.", "warn")

    @room.at("/account/sessions/end-others", Act.OWN, "POST")
    def end_others(visit: Visit) -> ResponseReturnValue:
        accounts.sign_out_others(runtime, visit.actor, visit.campaigner, visit.session.id)
        return done(runtime.links, _PATH, "Every other browser is signed out.")

    def page(visit: Visit, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        found = accounts.browsers(runtime, visit.campaigner)
        return show("account.html", 422 if errors else 200, values=values, errors=errors, sessions=found, moment=_moment)

    return room


def _moment(at: datetime) -> str:
    # An account has no time zone of its own.
    return wording.moment(at, _LONDON)
