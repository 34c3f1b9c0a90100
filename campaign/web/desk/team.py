"""The team of a campaign: who is in it as what, who is invited, and what is asked of them."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import teaming
from campaign.domain import wording
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.teaming import LastOwner, NotInTeam
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.roles import CHOICES, WORDS, read_role
from campaign.web.errors import Words, error_page

_LONGEST_SHOWN = 400
_LAST_OWNER = "A campaign needs an owner. Make somebody else one first."
_NOT_THERE = "They are not in the team any more."
_SET_UP_FIRST = "Set up a second factor for yourself first, in your account."


def team_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/team` and the forms on it."""
    room = gate.room("team")

    @room.at("/c/<slug>/team", Act.WATCH, "GET")
    def team(visit: Visit) -> ResponseReturnValue:
        return page(visit, {"role": "viewer"}, {})

    @room.at("/c/<slug>/team/invite", Act.LEAD, "POST")
    def invite(visit: Visit) -> ResponseReturnValue:
        typed, role = request.form.get("email", ""), read_role(request.form.get("role", ""))
        errors = {} if role else {"role": "Choose a role."}
        if role is not None:
            try:
                teaming.invite(runtime, visit.actor, visit.campaign, typed, role)
            except Refused as refused:
                errors["email"] = str(refused)
        if errors:
            return page(visit, {"email": typed[:_LONGEST_SHOWN], "role": role.value if role else ""}, errors)
        return said(visit, "The invitation is on its way.")

    @room.at("/c/<slug>/team/invitations/<int:number>/resend", Act.LEAD, "POST")
    def resend(visit: Visit, number: int) -> ResponseReturnValue:
        try:
            sent = teaming.resend(runtime, visit.actor, visit.campaign, _small(number))
        except Refused as refused:
            return said(visit, str(refused), "wrong")
        return said(visit, "A new invitation is on its way.") if sent else said(visit, "It is open no more.", "warn")

    @room.at("/c/<slug>/team/invitations/<int:number>/revoke", Act.LEAD, "POST")
    def revoke(visit: Visit, number: int) -> ResponseReturnValue:
        revoked = teaming.revoke(runtime, visit.actor, visit.campaign, _small(number))
        return said(visit, "The invitation is taken back.") if revoked else said(visit, "It is open no more.", "warn")

    @room.at("/c/<slug>/team/<int:number>/role", Act.LEAD, "POST")
    def role(visit: Visit, number: int) -> ResponseReturnValue:
        wanted = read_role(request.form.get("role", "")) or abort(422, response=error_page(422, _NO_ROLE))
        try:
            teaming.change_role(runtime, visit.actor, visit.campaign, _small(number), wanted)
        except LastOwner:
            return said(visit, _LAST_OWNER, "wrong")
        except NotInTeam:
            return said(visit, _NOT_THERE, "warn")
        return said(visit, "The role is changed.")

    @room.at("/c/<slug>/team/<int:number>/remove", Act.LEAD, "POST")
    def remove(visit: Visit, number: int) -> ResponseReturnValue:
        return out(visit, _small(number))

    @room.at("/c/<slug>/team/leave", Act.WATCH, "POST")
    def leave(visit: Visit) -> ResponseReturnValue:
        return out(visit, visit.campaigner.id)

    @room.at("/c/<slug>/team/second-factor", Act.LEAD, "POST")
    def second_factor(visit: Visit) -> ResponseReturnValue:
        asked = request.form.get("second_factor") == "1"
        if asked and not visit.campaigner.second_factor:
            return said(visit, _SET_UP_FIRST, "wrong")
        teaming.ask_second_factor(runtime, visit.actor, visit.campaign, asked=asked)
        return said(visit, "A second factor is asked of the team." if asked else "No second factor is asked of the team.")

    def out(visit: Visit, campaigner_id: int) -> ResponseReturnValue:
        itself = campaigner_id == visit.campaigner.id
        try:
            teaming.remove(runtime, visit.actor, visit.campaign, campaigner_id)
        except LastOwner:
            return said(visit, _LAST_OWNER, "wrong")
        except NotInTeam:
            return said(visit, "You are not in this team." if itself else _NOT_THERE, "warn")
        if itself:
            return done(runtime.links, "/desk/", "You have left the team.")
        return said(visit, "They are out of the team.")

    def said(visit: Visit, words: str, kind: str = "good") -> ResponseReturnValue:
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/team", words, kind)

    def page(visit: Visit, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        return show(
            "team.html", 422 if errors else 200, team=teaming.team_of(runtime, visit.campaign), choices=CHOICES, words=WORDS,
            values=values, errors=errors, now=runtime.now(), leads=visit.may(Act.LEAD),
            moment=wording.moment,
        )  # fmt: skip

    return room


_NO_ROLE = Words("That is no role", "Go back, choose one of the roles and try again.")
_LARGEST_NUMBER = 2**63 - 1


def _small(number: int) -> int:
    """A number that a database can look for; others name nobody."""
    return number if number <= _LARGEST_NUMBER else abort(404)
