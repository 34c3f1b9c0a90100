"""Teams of the organisation: one's own, and each with its members, invitations and the campaigns it holds."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission, Role
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import invitations, organisation_teams
from campaign.services.accounts.members import LastOwnerError, NotInTeamError
from campaign.services.accounts.organisation_teams import HoldsCampaignsError, NotOwnerError, OrganisationTeamDetails
from campaign.services.campaigns import create_and_find
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields, looked_for
from campaign.web.desk.role_labels import ROLE_CHOICES, ROLE_LABELS, read_role
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.team import NO_OWNER_LEFT_MESSAGE
from campaign.web.desk.template_context import redirect_with_message, render_page

_LAST_OWNER_MESSAGE = N_("A team needs an owner. Make somebody else one first.")
_NOT_IN_TEAM_MESSAGE = N_("They are not in the team any more.")
_NOT_PENDING = (N_("It is open no more."), "warn")

blueprint = DeskBlueprint("organisation_teams")


@blueprint.get("/desk/teams")
@requires(Permission.OWN_ACCOUNT)
def list_teams(context: DeskContext) -> ResponseReturnValue:
    """Page of the teams one is in; of all teams for the operator."""
    return _teams_page(context, {}, {})


@blueprint.post("/desk/teams")
@requires(Permission.OWN_ACCOUNT)
def create_team(context: DeskContext) -> ResponseReturnValue:
    """Form: make a team, of which one is the owner."""
    try:
        created = organisation_teams.create_team(runtime(), context.actor, context.campaigner, request.form.get("name", ""))
    except InvalidInputError as refused:
        return _teams_page(context, echoed_fields("name"), {"name": str(refused)})
    return redirect_with_message(f"/desk/teams/{created.id}", "The team is there. Invite people, and give it campaigns.")


@blueprint.get("/desk/teams/<int:held_by>")
@requires(Permission.VIEW)
def show_team(context: DeskContext) -> ResponseReturnValue:
    """Page of a team."""
    return _team_page(context, {"role": "viewer"}, {})


@blueprint.post("/desk/teams/<int:held_by>/name")
@requires(Permission.MANAGE_TEAM)
def rename_team(context: DeskContext) -> ResponseReturnValue:
    """Form: give the team another name."""
    try:
        organisation_teams.rename_team(runtime(), context.actor, context.team, request.form.get("name", ""))
    except InvalidInputError as refused:
        return _team_page(context, {**echoed_fields("name"), "role": "viewer"}, {"name": str(refused)})
    return _redirect_to_team(context, N_("The team is called so from now on."))


@blueprint.post("/desk/teams/<int:held_by>/invite")
@requires(Permission.MANAGE_TEAM)
def invite_member(context: DeskContext) -> ResponseReturnValue:
    """Form: invite somebody to the team."""
    typed, role = request.form.get("email", ""), read_role(request.form.get("role", ""))
    errors = {} if role else {"role": N_("Choose a role.")}
    if role is not None:
        try:
            invitations.invite_to_team(runtime(), context.actor, context.team, typed, role)
        except InvalidInputError as refused:
            errors["email"] = str(refused)
    if errors:
        return _team_page(context, {**echoed_fields("email"), "role": role.value if role else ""}, errors)
    return _redirect_to_team(context, N_("The invitation is on its way."))


@blueprint.post("/desk/teams/<int:held_by>/invitations/<int:team_invitation>/resend")
@requires(Permission.MANAGE_TEAM)
def resend_invitation(context: DeskContext, team_invitation: int) -> ResponseReturnValue:
    """Form: mail an invitation again."""
    try:
        sent = invitations.resend_invitation(runtime(), context.actor, context.team, team_invitation)
    except InvalidInputError as refused:
        return _redirect_to_team(context, str(refused), "wrong")
    return _redirect_to_team(context, *((N_("A new invitation is on its way."), "good") if sent else _NOT_PENDING))


@blueprint.post("/desk/teams/<int:held_by>/invitations/<int:team_invitation>/revoke")
@requires(Permission.MANAGE_TEAM)
def revoke_invitation(context: DeskContext, team_invitation: int) -> ResponseReturnValue:
    """Form: revoke an invitation."""
    revoked = invitations.revoke_invitation(runtime(), context.actor, context.team, team_invitation)
    return _redirect_to_team(context, *((N_("The invitation is taken back."), "good") if revoked else _NOT_PENDING))


@blueprint.post("/desk/teams/<int:held_by>/members/<int:number>/role")
@requires(Permission.MANAGE_TEAM)
def change_role(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: change a member's role, in all campaigns of the team."""
    wanted = read_role(request.form.get("role", ""))
    if wanted is None:
        return _redirect_to_team(context, N_("Choose one of the roles."), "wrong")
    try:
        organisation_teams.change_role(runtime(), context.actor, context.team, number, wanted)
    except LastOwnerError:
        return _redirect_to_team(context, _LAST_OWNER_MESSAGE, "wrong")
    except NotInTeamError:
        return _redirect_to_team(context, _NOT_IN_TEAM_MESSAGE, "warn")
    return _redirect_to_team(context, N_("The role is changed, in all campaigns of the team."))


@blueprint.post("/desk/teams/<int:held_by>/members/<int:number>/remove")
@requires(Permission.MANAGE_TEAM)
def remove_member(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: remove a member, from all campaigns of the team."""
    return _removed_from_team(context, number)


@blueprint.post("/desk/teams/<int:held_by>/leave")
@requires(Permission.BELONG)
def leave_team(context: DeskContext) -> ResponseReturnValue:
    """Form: leave the team."""
    return _removed_from_team(context, context.campaigner.id)


@blueprint.post("/desk/teams/<int:held_by>/campaigns")
@requires(Permission.MANAGE_TEAM)
def give_campaign(context: DeskContext) -> ResponseReturnValue:
    """Form: give the team a campaign that one is an owner of."""
    wanted = looked_for(request.form.get("campaign", ""))
    try:
        given = organisation_teams.give_campaign(runtime(), context.actor, context.team, wanted)
    except NotOwnerError:
        return _team_page(context, {"role": "viewer"}, {"campaign": N_("Choose a campaign that you are an owner of.")})
    except HoldsCampaignsError:
        return _team_page(context, {"role": "viewer"}, {"campaign": N_("The team holds as many campaigns as it can.")})
    words = (N_("Everybody in the team is in the campaign now, and told by email."), "good")
    return _redirect_to_team(context, *(words if given else (N_("The team has that campaign already."), "warn")))


@blueprint.post("/desk/teams/<int:held_by>/campaigns/remove")
@requires(Permission.MANAGE_TEAM)
def take_campaign(context: DeskContext) -> ResponseReturnValue:
    """Form: take a campaign from the team."""
    try:
        taken = organisation_teams.take_campaign(
            runtime(), context.actor, context.team, looked_for(request.form.get("campaign", ""))
        )
    except LastOwnerError:
        return _redirect_to_team(context, NO_OWNER_LEFT_MESSAGE, "wrong")
    except NotOwnerError:
        taken = False
    words = (N_("The team has the campaign no longer."), "good")
    return _redirect_to_team(context, *(words if taken else (N_("The team does not have that campaign."), "warn")))


@blueprint.post("/desk/teams/<int:held_by>/delete")
@requires(Permission.MANAGE_TEAM)
def delete_team(context: DeskContext) -> ResponseReturnValue:
    """Form: delete the team, once it holds no campaign."""
    try:
        organisation_teams.delete_team(runtime(), context.actor, context.team)
    except HoldsCampaignsError:
        return _redirect_to_team(context, N_("Take its campaigns from it first."), "wrong")
    return redirect_with_message("/desk/teams", "The team is deleted.")


def _removed_from_team(context: DeskContext, campaigner_id: int) -> ResponseReturnValue:
    itself = campaigner_id == context.campaigner.id
    try:
        organisation_teams.remove_member(runtime(), context.actor, context.team, campaigner_id)
    except LastOwnerError:
        return _redirect_to_team(context, _LAST_OWNER_MESSAGE, "wrong")
    except NotInTeamError:
        return _redirect_to_team(context, N_("You are not in this team.") if itself else _NOT_IN_TEAM_MESSAGE, "warn")
    if itself:
        return redirect_with_message("/desk/teams", "You have left the team, and its campaigns.")
    return _redirect_to_team(context, N_("They are out of the team, and of its campaigns."))


def _redirect_to_team(context: DeskContext, words: str, kind: str = "good") -> ResponseReturnValue:
    return redirect_with_message(f"/desk/teams/{context.team.id}", words, kind)


def _teams_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    listed = organisation_teams.list_teams(runtime(), context.campaigner)
    return render_page(
        "organisation_teams.html", 422 if errors else 200, teams=listed, values=values, errors=errors,
        of_site=context.campaigner.operator, typist=Role.TYPIST,
    )  # fmt: skip


def _team_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    leads, shown = context.may(Permission.MANAGE_TEAM), organisation_teams.get_details(runtime(), context.team)
    return render_page(
        "organisation_team.html", 422 if errors else 200, team=context.team, shown=shown, leads=leads,
        is_member=bool(context.roles), choices=ROLE_CHOICES, words=ROLE_LABELS,
        values={"name": context.team.name, **values}, errors=errors, now=runtime().now(), zone=SITE_TIME_ZONE,
        moment=localised.moment, stage=stages.current_stage,
        own_campaigns=[(one.slug, one.text.title or one.slug) for one in _own_campaigns(context, shown)] if leads else [],
    )  # fmt: skip


def _own_campaigns(context: DeskContext, shown: OrganisationTeamDetails) -> list[Campaign]:
    """Campaigns that one may give the team, the newest first."""
    held = {one.id for one in shown.campaigns}
    every = create_and_find.list_campaigns_of(runtime(), context.campaigner.id)
    return [one for one, roles in every if Role.OWNER in roles and one.id not in held and not one.taken_down]
