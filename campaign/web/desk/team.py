"""Team of a campaign: members and roles, invitations, and whether a second factor is required."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission, Role
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import invitations, organisation_teams, team
from campaign.services.accounts.members import LastOwnerError, NotInTeamError
from campaign.services.accounts.organisation_teams import HoldsCampaignsError, NotOwnerError
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.role_labels import ROLE_CHOICES, ROLE_LABELS, read_role
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.errors import ErrorMessage, error_page

_LAST_OWNER_MESSAGE = N_("A campaign needs an owner. Make somebody else one first.")
_NOT_IN_TEAM_MESSAGE = N_("They are not in the team any more.")
NO_OWNER_LEFT_MESSAGE = N_("The campaign would have no owner. Invite one to its own team first.")
_SECOND_FACTOR_MISSING_MESSAGE = N_("Set up a second factor for yourself first, in your account.")

blueprint = DeskBlueprint("team")


@blueprint.get("/desk/c/<slug>/team")
@requires(Permission.VIEW)
def show_team(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's team and invitations."""
    return _team_page(context, {"role": "viewer"}, {})


@blueprint.post("/desk/c/<slug>/team/invite")
@requires(Permission.MANAGE_TEAM)
def invite_member(context: DeskContext) -> ResponseReturnValue:
    """Form: invite somebody to the team."""
    typed, role = request.form.get("email", ""), read_role(request.form.get("role", ""))
    errors = {} if role else {"role": N_("Choose a role.")}
    if role is not None:
        try:
            invitations.invite_to_team(runtime(), context.actor, context.campaign, typed, role)
        except InvalidInputError as refused:
            errors["email"] = refused.sentence
    if errors:
        return _team_page(context, {**echoed_fields("email"), "role": role.value if role else ""}, errors)
    return _redirect_to_team(context, N_("The invitation is on its way."))


@blueprint.post("/desk/c/<slug>/team/invitations/<int:number>/resend")
@requires(Permission.MANAGE_TEAM)
def resend_invitation(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: mail an invitation again."""
    try:
        sent = invitations.resend_invitation(runtime(), context.actor, context.campaign, number)
    except InvalidInputError as refused:
        return _redirect_to_team(context, refused.sentence, "wrong")
    return (
        _redirect_to_team(context, N_("A new invitation is on its way."))
        if sent
        else _redirect_to_team(context, N_("It is open no more."), "warn")
    )


@blueprint.post("/desk/c/<slug>/team/invitations/<int:number>/revoke")
@requires(Permission.MANAGE_TEAM)
def revoke_invitation(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: revoke an invitation."""
    revoked = invitations.revoke_invitation(runtime(), context.actor, context.campaign, number)
    return (
        _redirect_to_team(context, N_("The invitation is taken back."))
        if revoked
        else _redirect_to_team(context, N_("It is open no more."), "warn")
    )


@blueprint.post("/desk/c/<slug>/team/<int:number>/role")
@requires(Permission.MANAGE_TEAM)
def change_role(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: change a member's role."""
    wanted = read_role(request.form.get("role", "")) or abort(422, response=error_page(422, _NO_ROLE_MESSAGE))
    try:
        team.change_role(runtime(), context.actor, context.campaign, number, wanted)
    except LastOwnerError:
        return _redirect_to_team(context, _LAST_OWNER_MESSAGE, "wrong")
    except NotInTeamError:
        return _redirect_to_team(context, _NOT_IN_TEAM_MESSAGE, "warn")
    return _redirect_to_team(context, N_("The role is changed."))


@blueprint.post("/desk/c/<slug>/team/<int:number>/remove")
@requires(Permission.MANAGE_TEAM)
def remove_member(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: remove a member."""
    return _removed_from_team(context, number)


@blueprint.post("/desk/c/<slug>/team/held-by")
@requires(Permission.MANAGE_TEAM)
def give_to_team(context: DeskContext) -> ResponseReturnValue:
    """Form: have a team of the organisation hold the campaign."""
    wanted = request.form.get("held_by", "")
    own = organisation_teams.list_owned_teams(runtime(), context.campaigner)
    held_by = next((one for one in own if str(one.id) == wanted), None)
    try:
        if held_by is None:
            raise NotOwnerError
        given = organisation_teams.give_campaign(runtime(), context.actor, held_by, context.campaign.slug)
    except NotOwnerError:
        return _team_page(context, {"role": "viewer"}, {"held_by": N_("Choose a team that you are an owner of.")})
    except HoldsCampaignsError:
        return _redirect_to_team(context, N_("That team holds as many campaigns as it can."), "wrong")
    return (
        _redirect_to_team(context, N_("Everybody in that team is in this campaign now, and told by email."))
        if given
        else _redirect_to_team(context, N_("That team has this campaign already."), "warn")
    )


@blueprint.post("/desk/c/<slug>/team/held-by/<int:number>/remove")
@requires(Permission.MANAGE_TEAM)
def take_from_team(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: take the campaign from a team of the organisation."""
    held_by = organisation_teams.get_team(runtime(), number) or abort(404)
    try:
        organisation_teams.take_campaign(runtime(), context.actor, held_by, context.campaign.slug)
    except LastOwnerError:
        return _redirect_to_team(context, NO_OWNER_LEFT_MESSAGE, "wrong")
    if team.get_membership(runtime(), context.campaign.slug, context.campaigner.id).roles:  # type: ignore[union-attr]
        return _redirect_to_team(context, N_("That team has this campaign no longer."))
    return redirect_with_message("/desk/", "That team has the campaign no longer, and nor have you.")


@blueprint.post("/desk/c/<slug>/team/leave")
@requires(Permission.BELONG)
def leave_team(context: DeskContext) -> ResponseReturnValue:
    """Form: leave the team."""
    return _removed_from_team(context, context.campaigner.id)


@blueprint.post("/desk/c/<slug>/team/second-factor")
@requires(Permission.MANAGE_TEAM)
def require_second_factor(context: DeskContext) -> ResponseReturnValue:
    """Form: whether the team's members must have a second factor."""
    asked = request.form.get("second_factor") == "1"
    if asked and not context.campaigner.has_second_factor:
        return _redirect_to_team(context, _SECOND_FACTOR_MISSING_MESSAGE, "wrong")
    team.require_second_factor(runtime(), context.actor, context.campaign, required=asked)
    return _redirect_to_team(
        context, N_("A second factor is asked of the team.") if asked else N_("No second factor is asked of the team.")
    )


def _removed_from_team(context: DeskContext, campaigner_id: int) -> ResponseReturnValue:
    itself = campaigner_id == context.campaigner.id
    try:
        team.remove_from_team(runtime(), context.actor, context.campaign, campaigner_id)
    except LastOwnerError:
        return _redirect_to_team(context, _LAST_OWNER_MESSAGE, "wrong")
    except NotInTeamError:
        return _redirect_to_team(context, N_("You are not in this team.") if itself else _NOT_IN_TEAM_MESSAGE, "warn")
    if itself:
        return redirect_with_message("/desk/", "You have left the team.")
    return _redirect_to_team(context, N_("They are out of the team."))


def _redirect_to_team(context: DeskContext, words: str, kind: str = "good") -> ResponseReturnValue:
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/team", words, kind)


def _team_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    leads, shown = context.may(Permission.MANAGE_TEAM), team.get_team(runtime(), context.campaign)
    own = organisation_teams.list_owned_teams(runtime(), context.campaigner) if leads else []
    owners = [member.id for member in shown.members if member.role is Role.OWNER]
    return render_page(
        "team.html",
        422 if errors else 200,
        team=shown,
        choices=ROLE_CHOICES,
        words=ROLE_LABELS,
        values=values,
        errors=errors,
        now=runtime().now(),
        leads=leads,
        own_teams=[(str(one.id), one.name) for one in own if one not in shown.held_by],
        is_own_member=any(member.id == context.campaigner.id for member in shown.members),
        is_last_owner=not shown.held_by and owners == [context.campaigner.id],
        moment=localised.moment,
    )


_NO_ROLE_MESSAGE = ErrorMessage(N_("That is no role"), N_("Go back, choose one of the roles and try again."))
