"""The operator's pages: whether the site is well, all campaigns, and all people."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import operating, running, teaming
from campaign.domain import life, wording
from campaign.domain.acts import read_why
from campaign.domain.refusal import Refused
from campaign.domain.role import Act, Role
from campaign.domain.standing import Standing
from campaign.operating import LastOperator, Oneself
from campaign.runtime import Runtime
from campaign.store.directory import STATES
from campaign.store.people import Campaigner
from campaign.web.desk.confirm import must_be_sure
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.site_words import SITE_ZONE, STATE_WORDS, health_rows

_LONGEST = 200
_LARGEST_ID = 2**62
_LAST = "Nobody else could look after the site. Make somebody else an operator first."


def site_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/site/`, `/desk/site/campaigns`, and taking campaigns down."""
    room = gate.room("site")

    @room.at("/site/", Act.OPERATE, "GET")
    def overview(_visit: Visit) -> ResponseReturnValue:
        health = operating.health(runtime)
        return show(
            "site.html", health=health, rows=health_rows(health), numbers=operating.numbers(runtime), number=wording.number
        )  # fmt: skip

    @room.at("/site/campaigns", Act.OPERATE, "GET")
    def campaigns(_visit: Visit) -> ResponseReturnValue:
        query, state = request.args.get("q", "")[:_LONGEST].replace("\x00", ""), request.args.get("state", "")
        if state not in STATES:
            abort(404)
        found, older = operating.all_campaigns(runtime, query, state, before())
        now = runtime.now()
        return show(
            "site_campaigns.html", found=[(each, life.stage(each.standing, now).value) for each in found], older=older,
            values={"q": query, "state": state}, states=STATE_WORDS, number=wording.number, day=wording.day,
            first=before() is None,
        )  # fmt: skip

    @room.at("/site/campaigns/<slug>/take-down", Act.OPERATE, "GET")
    def ask_to_take_down(visit: Visit) -> ResponseReturnValue:
        return campaign_page(visit, {}, {})

    @room.at("/site/campaigns/<slug>/take-down", Act.OPERATE, "POST")
    def take_down(visit: Visit) -> ResponseReturnValue:
        typed = request.form.get("reason", "")
        try:
            reason = read_why(typed)
        except Refused as refused:
            return campaign_page(visit, {"reason": typed[:1_000]}, {"reason": str(refused)})
        if request.form.get("back") == "1":
            moved, words = running.put_back(runtime, visit.campaign, visit.actor, reason), "The campaign is there again."
        else:
            moved, words = running.take_down(runtime, visit.campaign, visit.actor, reason), "The campaign is taken down."
        if moved is None:
            return done(runtime.links, "/desk/site/campaigns", "That was done before, or it is a draft.", "warn")
        return done(runtime.links, "/desk/site/campaigns", words)

    def campaign_page(visit: Visit, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        return show("site_take_down.html", 422 if errors else 200, campaign=visit.campaign, values=values, errors=errors)

    return room


def people_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/site/people`: who is a campaigner here, and what they may do."""
    room = gate.room("people")

    @room.at("/site/people", Act.OPERATE, "GET")
    def people(_visit: Visit) -> ResponseReturnValue:
        found, older = operating.everybody(runtime, before())
        return page(found=found, older=older, first=before() is None)

    # By POST, as an address must not stand in an address bar; it changes nothing.
    @room.at("/site/people/search", Act.OPERATE, "POST", always=True)
    def search(_visit: Visit) -> ResponseReturnValue:
        query = request.form.get("query", "").strip()[:_LONGEST]
        return page(found=operating.search(runtime, query) if query else [], searched=True, values={"query": query})

    @room.at("/site/people/invite", Act.OPERATE, "POST")
    def invite(visit: Visit) -> ResponseReturnValue:
        typed = request.form.get("email", "")
        try:
            teaming.invite_to_site(runtime, visit.actor, typed)
        except Refused as refused:
            found, older = operating.everybody(runtime)
            values = {"email": typed[:_LONGEST]}
            return page(422, found=found, older=older, values=values, errors={"email": str(refused)})
        return done(runtime.links, "/desk/site/people", "The invitation is on its way.")

    @room.at("/site/people/<int:number>", Act.OPERATE, "GET")
    def person(visit: Visit, number: int) -> ResponseReturnValue:
        return person_page(visit, number)

    @room.at("/site/people/<int:number>/disable", Act.OPERATE, "POST")
    def disable(visit: Visit, number: int) -> ResponseReturnValue:
        find(number)
        must_be_sure(runtime, visit, f"/desk/site/people/{number}")
        typed = request.form.get("reason", "")
        try:
            moved = operating.disable(runtime, visit.actor, number, read_why(typed))
        except Refused as refused:
            return person_page(visit, number, {"reason": typed[:1_000]}, {"reason": str(refused)})
        except Oneself:
            return said(number, "You cannot shut yourself out.", "wrong")
        except LastOperator:
            return said(number, _LAST, "wrong")
        return said(number, "They are shut out, and signed out everywhere.") if moved else said(number, "They were.", "warn")

    @room.at("/site/people/<int:number>/enable", Act.OPERATE, "POST")
    def enable(visit: Visit, number: int) -> ResponseReturnValue:
        find(number)
        must_be_sure(runtime, visit, f"/desk/site/people/{number}")
        moved = operating.enable(runtime, visit.actor, number)
        return said(number, "They can sign in again.") if moved else said(number, "They could already.", "warn")

    @room.at("/site/people/<int:number>/operator", Act.OPERATE, "POST")
    def operator(visit: Visit, number: int) -> ResponseReturnValue:
        find(number)
        must_be_sure(runtime, visit, f"/desk/site/people/{number}")
        on = request.form.get("on")
        if on not in ("0", "1"):
            abort(422)
        try:
            moved = operating.set_operator(runtime, visit.actor, number, operator=on == "1")
        except LastOperator:
            return said(number, _LAST, "wrong")
        if moved and on == "0" and number == visit.campaigner.id:
            return done(runtime.links, "/desk/", "You are no operator any more.")
        words = "They look after the site now." if on == "1" else "They look after the site no longer."
        return said(number, words) if moved else said(number, "Nothing was changed.", "warn")

    def page(status: int = 200, **given: object) -> ResponseReturnValue:
        plain: dict[str, object] = {
            "values": {}, "errors": {}, "older": None, "first": True, "searched": False, "moment": wording.day,
        }  # fmt: skip
        return show("site_people.html", status, **{**plain, **given}, zone=SITE_ZONE)

    def person_page(
        visit: Visit, number: int, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
    ) -> ResponseReturnValue:
        campaigner, campaigns = find(number)
        return show(
            "site_person.html", 422 if errors else 200, person=campaigner, campaigns=campaigns, values=values or {},
            errors=errors or {}, oneself=campaigner.id == visit.campaigner.id, now=runtime.now(), zone=SITE_ZONE,
            day=wording.day, stage=life.stage,
        )  # fmt: skip

    def find(number: int) -> tuple[Campaigner, list[tuple[Standing, Role]]]:
        return operating.somebody(runtime, min(number, _LARGEST_ID)) or abort(404)

    def said(number: int, words: str, kind: str = "good") -> ResponseReturnValue:
        return done(runtime.links, f"/desk/site/people/{number}", words, kind)

    return room


def before() -> int | None:
    """The number this page of a list begins below; None on the first."""
    given = request.args.get("before", type=int)
    return None if given is None else max(1, min(given, _LARGEST_ID))
