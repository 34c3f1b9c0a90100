"""Invitations to a campaign's team, to a team of the organisation or to the site: sent, sent again, taken back, accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.organisation_team import OrganisationTeam
from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.domain.mail.kinds import INVITATION_LIFETIME, MailKind
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.security.tokens import InvalidTokenError
from campaign.services.accounts import organisation_teams, sessions
from campaign.store.accounts import accounts, audit_log, campaigners, invitations, team
from campaign.store.accounts import organisation_teams as organisation_teams_store
from campaign.store.accounts.invitations import Invitation
from campaign.store.mail import outbox
from campaign.store.redis import rate_limit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.store.accounts.campaigners import Campaigner

MAX_INVITATIONS_BY_CAMPAIGNER, MAX_INVITATIONS_TO_ADDRESS, INVITATIONS_SECONDS = 50, 5, 86_400
"""Invitations one campaigner may send, and one address may get, in so many seconds."""


@dataclass(frozen=True, slots=True)
class AcceptedInvitation:
    """Somebody has accepted an invitation."""

    campaigner_id: int
    cookie: str
    """What their browser carries from here on; "" where they have a code app: then they are asked for a code first."""
    slug: str
    """The campaign whose team they are in now; "" where they were invited to the site."""


def invite_to_team(runtime: Runtime, actor: Actor, invited_to: Campaign | OrganisationTeam, email: str, role: Role) -> None:
    """Invite somebody to the team of a campaign, or to a team of the organisation.

    Raises InvalidInputError with a sentence about the address.
    """
    key, now = read_email_address(email).key, runtime.now()
    with runtime.reading() as connection:
        pending = invitations.find_pending_role(connection, *_ids(invited_to), key, now)
    if pending not in (None, role):
        raise InvalidInputError(
            "They are invited already, as %(role)s. Send that invitation again, or take it back to choose another role.",
            role=Sentence(pending.value, {}),
        )
    _invite(runtime, actor, email, invited_to, role)


def list_every_invitation(runtime: Runtime) -> list[Invitation]:
    """Pending invitations to the site and to all teams, for its operator; expired ones included, the newest first."""
    with runtime.reading() as connection:
        return invitations.list_every_pending(connection)


def invite_to_site(runtime: Runtime, actor: Actor, email: str) -> None:
    """Invite somebody to be a campaigner, in no team yet. Raises InvalidInputError with a sentence about the address."""
    _invite(runtime, actor, email, None, None)


def resend_invitation(
    runtime: Runtime, actor: Actor, invited_to: Campaign | OrganisationTeam | None, invitation_id: int
) -> bool:
    """Mail an invitation to a team, or to the site for None, again: with the same role, and a new link for the old one.

    False where it is not open. Raises InvalidInputError.
    """
    with runtime.reading() as connection:
        campaign_id, team_id = _ids(invited_to)
        found = invitations.get_pending(connection, campaign_id, invitation_id, team_id)
    if found is None:
        return False
    _invite(runtime, actor, found.email, invited_to, found.role)
    return True


def revoke_invitation(
    runtime: Runtime, actor: Actor, invited_to: Campaign | OrganisationTeam | None, invitation_id: int
) -> bool:
    """Take an invitation to a team, or to the site for None, back. False where it is accepted or revoked."""
    with runtime.transaction() as connection:
        return _revoke(connection, actor, *_ids(invited_to), invitation_id, runtime.now())


def revoke_any_invitation(runtime: Runtime, actor: Actor, invitation_id: int) -> bool:
    """Take an invitation back, whatever it is to, for the operator. False where it is accepted or revoked."""
    with runtime.transaction() as connection:
        found = invitations.get_any_pending(connection, invitation_id)
        return found is not None and _revoke(connection, actor, found.campaign_id, found.team_id, invitation_id, runtime.now())


def get_acceptable_invitation(runtime: Runtime, token: str) -> tuple[Invitation, Campaigner | None] | None:
    """An invitation that can be accepted now, with the campaigner whose address it was mailed to, if there is one.

    None where it is not ours, accepted, revoked, or over, or its campaigner is shut out of the site. It changes nothing.
    """
    link = _read_token(runtime, token)
    if link is None:
        return None
    with runtime.reading() as connection:
        return _get_acceptable(connection, link, runtime.now())


def accept_invitation(runtime: Runtime, token: str, name: str, device: str, network: str) -> AcceptedInvitation | None:
    """Accept an invitation: become a campaigner, called `name`, where one is not yet; join the team; be signed in,
    or be asked for the second factor.

    None where the invitation cannot be accepted any more. Raises RedisUnavailableError; then it still can.
    """
    link, now = _read_token(runtime, token), runtime.now()
    if link is None:
        return None
    with runtime.transaction() as connection:
        found = _get_acceptable(connection, link, now, lock=True)
        if found is None or not invitations.accept_invitation(connection, link[0], now):
            return None
        invitation, known = found
        campaigner = known or _create_campaigner(connection, invitation, name, now)
        if not campaigner.name:
            accounts.rename(connection, campaigner.id, name)
        actor = Actor(campaigner.name or name or "a campaigner", campaigner.id, network)
        became: dict[str, str] = {}
        if invitation.campaign_id is not None and invitation.role is not None:
            team.add_member(connection, invitation.campaign_id, campaigner.id, invitation.role, now)
            stays = team.get_role(connection, invitation.campaign_id, campaigner.id)
            became = {"role": stays.value if stays else ""}
        elif invitation.team_id is not None and invitation.role is not None:
            became = {"role": organisation_teams.join_team(connection, actor, invitation.team_id, invitation.role, now).value}
        audit_log.record(
            connection, actor, "accept invitation", now, campaign_id=invitation.campaign_id,
            subject=f"invitation {invitation.id}", after=became,
        )  # fmt: skip
        if campaigner.has_second_factor:
            return AcceptedInvitation(campaigner.id, "", invitation.slug)
        audit_log.record(connection, actor, "sign in", now, after={"by": "invitation", "device": device})
        # Before the commit, as with links to sign in: whom Redis cannot let in can press again.
        return AcceptedInvitation(
            campaigner.id, sessions.start_session(runtime, campaigner.id, device, second_factor=False), invitation.slug
        )


def _ids(invited_to: Campaign | OrganisationTeam | None) -> tuple[int | None, int | None]:
    """Ids of the campaign and of the team of the organisation that one is invited to; None for both, to the site."""
    if isinstance(invited_to, OrganisationTeam):
        return None, invited_to.id
    return (invited_to.id if invited_to else None), None


def _revoke(
    connection: Connection, actor: Actor, campaign_id: int | None, team_id: int | None, invitation_id: int, now: datetime
) -> bool:
    done = invitations.revoke_invitation(connection, campaign_id, invitation_id, now, team_id)
    if done:
        subject, was = f"invitation {invitation_id}", {"team": team_id} if team_id else {}
        audit_log.record(connection, actor, "revoke invitation", now, campaign_id=campaign_id, subject=subject, before=was)
    return done


def _role_there(connection: Connection, campaign_id: int | None, team_id: int | None, campaigner_id: int) -> Role | None:
    if team_id is not None:
        return organisation_teams_store.get_role(connection, team_id, campaigner_id)
    return None if campaign_id is None else team.get_role(connection, campaign_id, campaigner_id)


def _invite(
    runtime: Runtime, actor: Actor, email: str, invited_to: Campaign | OrganisationTeam | None, role: Role | None
) -> None:
    address, now = read_email_address(email), runtime.now()
    campaign_id, team_id = _ids(invited_to)
    _check_rate_limit(runtime, actor, address.key)
    with runtime.transaction() as connection:
        known = campaigners.get_by_email_key(connection, address.key)
        if known is not None and (invited_to is None or _role_there(connection, campaign_id, team_id, known.id) is not None):
            raise InvalidInputError(
                N_("They are a campaigner here already.") if invited_to is None else N_("They are in the team already.")
            )
        invitation_id = invitations.add_invitation(
            connection, runtime.random_token(), campaign_id, role, (address.typed, address.key), actor.campaigner_id, now,
            now + INVITATION_LIFETIME, team_id=team_id,
        )  # fmt: skip
        outbox.enqueue_campaigner_mail(
            connection, MailKind.INVITATION, now, campaign_id=campaign_id, invitation_id=invitation_id
        )
        audit_log.record(
            connection, actor, "invite campaigner", now, campaign_id=campaign_id, subject=f"invitation {invitation_id}",
            after=({"role": role.value} if role else {}) | ({"team": team_id} if team_id else {}),
        )  # fmt: skip
    runtime.enqueue_once(DELIVER_MAIL)


def _check_rate_limit(runtime: Runtime, actor: Actor, email_key: str) -> None:
    """Nobody's mailbox is filled by way of us."""
    by = runtime.tokens.rate_limit_hash(f"campaigner {actor.campaigner_id}")
    to = runtime.tokens.rate_limit_hash(f"address {email_key}")
    allowed = runtime.call_redis(
        lambda redis: (
            rate_limit.count_attempt(redis, "inviting", by, MAX_INVITATIONS_BY_CAMPAIGNER, INVITATIONS_SECONDS)
            and rate_limit.count_attempt(redis, "invited", to, MAX_INVITATIONS_TO_ADDRESS, INVITATIONS_SECONDS)
        )
    )
    if not allowed:
        raise InvalidInputError("That is too many invitations for one day. Go on tomorrow.")


def _read_token(runtime: Runtime, token: str) -> tuple[int, str] | None:
    try:
        return runtime.tokens.read_invitation(token)
    except InvalidTokenError:
        return None


def _get_acceptable(
    connection: Connection, link: tuple[int, str], now: datetime, *, lock: bool = False
) -> tuple[Invitation, Campaigner | None] | None:
    invitation = invitations.get(connection, *link, now, lock=lock)
    if invitation is None:
        return None
    known = campaigners.get_by_email_key(connection, invitation.email_key)
    return None if known is not None and known.disabled_at is not None else (invitation, known)


def _create_campaigner(connection: Connection, invitation: Invitation, name: str, now: datetime) -> Campaigner:
    campaigners.add_campaigner(connection, invitation.email, invitation.email_key, name, now)
    # Another invitation of theirs may have made them at this moment.
    made = campaigners.get_by_email_key(connection, invitation.email_key)
    assert made is not None  # noqa: S101 - added, or there
    return made
