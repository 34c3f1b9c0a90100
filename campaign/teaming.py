"""The team of a campaign: inviting, joining, roles, leaving; and what the campaign asks of those who are in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.actor import Actor
from campaign.domain.address import read_address
from campaign.domain.notice import INVITATION_LASTS, NoticeKind
from campaign.domain.refusal import Refused
from campaign.domain.role import Role
from campaign.jobs import DELIVER_NOTICES
from campaign.links import NotOurs
from campaign.runtime import Runtime
from campaign.store import accounts, attempts, audit, invitations, notices, people, team
from campaign.store.invitations import Invitation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.standing import Standing
    from campaign.store.people import Campaigner
    from campaign.store.team import Member

INVITED_BY_ONE, INVITED_TO_ONE, INVITED_SECONDS = 50, 5, 86_400
"""Invitations one campaigner may send, and one address may get, in so many seconds."""


class LastOwner(Exception):  # noqa: N818 - it says who they are
    """Without them the campaign would have no owner. Nothing was changed."""


class NotInTeam(Exception):  # noqa: N818 - it says what somebody is
    """Whoever was meant is not in the team (any more). Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who is in the team of a campaign, who may come to it, and what it asks of them."""

    members: list[Member]
    invitations: list[Invitation]
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody has accepted an invitation."""

    campaigner_id: int
    cookie: str
    """What their browser carries from here on; "" where they have a code app: then they are asked for a code first."""
    slug: str
    """The campaign whose team they are in now; "" where they were invited to the site."""


def team_of(runtime: Runtime, standing: Standing) -> Team:
    """The team of a campaign."""
    with runtime.reading() as connection:
        return Team(
            team.members(connection, standing.id), invitations.pending(connection, standing.id),
            team.asks_second_factor(connection, standing.id),
        )  # fmt: skip


def invite(runtime: Runtime, actor: Actor, standing: Standing, email: str, role: Role) -> None:
    """Invite somebody to the team of a campaign. Raises Refused with a sentence about the address."""
    _invite(runtime, actor, email, standing, role)


def invite_to_site(runtime: Runtime, actor: Actor, email: str) -> None:
    """Invite somebody to be a campaigner, in no team yet. Raises Refused with a sentence about the address."""
    _invite(runtime, actor, email, None, None)


def resend(runtime: Runtime, actor: Actor, standing: Standing, invitation_id: int) -> bool:
    """Mail an invitation again, with a new link; the old one ends. False where it is accepted or revoked. Raises Refused."""
    with runtime.reading() as connection:
        found = invitations.one_pending(connection, standing.id, invitation_id)
    if found is None or found.role is None:
        return False
    _invite(runtime, actor, found.email, standing, found.role)
    return True


def revoke(runtime: Runtime, actor: Actor, standing: Standing, invitation_id: int) -> bool:
    """Take an invitation back. False where it is accepted or revoked."""
    now = runtime.now()
    with runtime.transaction() as connection:
        done = invitations.revoke(connection, standing.id, invitation_id, now)
        if done:
            audit.record(
                connection, actor, "revoke invitation", now, campaign_id=standing.id, subject=f"invitation {invitation_id}"
            )
    return done


def look(runtime: Runtime, token: str) -> tuple[Invitation, Campaigner | None] | None:
    """An invitation that can be accepted now, with the campaigner whose address it was mailed to, if there is one.

    None where it is not ours, accepted, revoked, or over, or its campaigner is shut out of the site. It changes nothing.
    """
    link = _read(runtime, token)
    if link is None:
        return None
    with runtime.reading() as connection:
        return _acceptable(connection, link, runtime.now())


def accept(runtime: Runtime, token: str, name: str, device: str, network: str) -> Joined | None:
    """Accept an invitation: become a campaigner, called `name`, where one is not yet; join the team; be signed in,
    or be asked for a code.

    None where the invitation cannot be accepted any more. Raises RedisUnavailable; then it still can.
    """
    link, now = _read(runtime, token), runtime.now()
    if link is None:
        return None
    with runtime.transaction() as connection:
        found = _acceptable(connection, link, now, lock=True)
        if found is None or not invitations.accept(connection, link[0], now):
            return None
        invitation, known = found
        campaigner = known or _new(connection, invitation, name, now)
        if not campaigner.name:
            accounts.rename(connection, campaigner.id, name)
        actor = Actor(campaigner.name or name or "a campaigner", campaigner.id, network)
        became: dict[str, str] = {}
        if invitation.campaign_id is not None and invitation.role is not None:
            team.join(connection, invitation.campaign_id, campaigner.id, invitation.role, now)
            stays = team.role(connection, invitation.campaign_id, campaigner.id)
            became = {"role": stays.value if stays else ""}
        audit.record(
            connection, actor, "accept invitation", now, campaign_id=invitation.campaign_id,
            subject=f"invitation {invitation.id}", became=became,
        )  # fmt: skip
        if campaigner.has_totp:
            return Joined(campaigner.id, "", invitation.slug)
        audit.record(connection, actor, "sign in", now, became={"by": "invitation", "device": device})
        # Before the commit, as with links to sign in: whom Redis cannot let in can press again.
        return Joined(campaigner.id, runtime.begin_session(campaigner.id, device, second_factor=False), invitation.slug)


def put(runtime: Runtime, actor: Actor, standing: Standing, campaigner_id: int, role: Role) -> bool:
    """Put a campaigner into the team without asking them, or give them another role in it. False where they have it.

    For whoever has the machine: so a campaign whose owners are lost gets a new one. Raises LastOwner.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        joined = team.join(connection, standing.id, campaigner_id, role, now)
        if joined:
            subject = f"campaigner {campaigner_id}"
            became = {"role": role.value}
            audit.record(connection, actor, "add to team", now, campaign_id=standing.id, subject=subject, became=became)
            _tell(connection, standing, campaigner_id, "added", now, role)
    if joined:
        runtime.hint(DELIVER_NOTICES)
    return joined or change_role(runtime, actor, standing, campaigner_id, role)


def change_role(runtime: Runtime, actor: Actor, standing: Standing, campaigner_id: int, role: Role) -> bool:
    """Give somebody in the team another role. False where they have it. Raises NotInTeam, LastOwner."""
    now = runtime.now()
    with runtime.transaction() as connection:
        was = _present(connection, standing, campaigner_id, stays_owner=role is Role.OWNER)
        if was is role:
            return False
        team.set_role(connection, standing.id, campaigner_id, role)
        audit.record(
            connection, actor, "change role", now, campaign_id=standing.id, subject=f"campaigner {campaigner_id}",
            was={"role": was.value}, became={"role": role.value},
        )  # fmt: skip
        if campaigner_id != actor.campaigner_id:
            _tell(connection, standing, campaigner_id, "role", now, role)
    runtime.hint(DELIVER_NOTICES)
    return True


def remove(runtime: Runtime, actor: Actor, standing: Standing, campaigner_id: int) -> None:
    """Take somebody out of the team; or leave it, where that is oneself. Raises NotInTeam, LastOwner."""
    now = runtime.now()
    itself = campaigner_id == actor.campaigner_id
    with runtime.transaction() as connection:
        was = _present(connection, standing, campaigner_id)
        team.remove(connection, standing.id, campaigner_id)
        audit.record(
            connection, actor, "leave team" if itself else "remove campaigner", now, campaign_id=standing.id,
            subject=f"campaigner {campaigner_id}", was={"role": was.value},
        )  # fmt: skip
        if not itself:
            _tell(connection, standing, campaigner_id, "removed", now)
    runtime.hint(DELIVER_NOTICES)


def ask_second_factor(runtime: Runtime, actor: Actor, standing: Standing, *, asked: bool) -> bool:
    """Have the campaign want a second factor of its team, or not. False where nothing changed."""
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = team.ask_second_factor(connection, standing.id, asked=asked)
        if changed:
            audit.record(
                connection, actor, "change team rules", now, campaign_id=standing.id,
                was={"second_factor": not asked}, became={"second_factor": asked},
            )  # fmt: skip
    return changed


def _invite(runtime: Runtime, actor: Actor, email: str, standing: Standing | None, role: Role | None) -> None:
    address, now = read_address(email), runtime.now()
    campaign_id = standing.id if standing else None
    _limit(runtime, actor, address.key)
    with runtime.transaction() as connection:
        known = people.by_email_key(connection, address.key)
        if known is not None and (campaign_id is None or team.role(connection, campaign_id, known.id) is not None):
            raise Refused("They are a campaigner here already." if standing is None else "They are in the team already.")
        invitation_id = invitations.add(
            connection, runtime.token(), campaign_id, role, (address.typed, address.key), actor.campaigner_id, now,
            now + INVITATION_LASTS,
        )  # fmt: skip
        notices.promise(connection, NoticeKind.INVITATION, now, campaign_id=campaign_id, invitation_id=invitation_id)
        audit.record(
            connection, actor, "invite campaigner", now, campaign_id=campaign_id, subject=f"invitation {invitation_id}",
            became={"role": role.value} if role else {},
        )  # fmt: skip
    runtime.hint(DELIVER_NOTICES)


def _limit(runtime: Runtime, actor: Actor, email_key: str) -> None:
    """Nobody's mailbox is filled by way of us."""
    by = runtime.links.attempts_hash(f"campaigner {actor.campaigner_id}")
    to = runtime.links.attempts_hash(f"address {email_key}")
    allowed = runtime.ask_redis(
        lambda redis: (
            attempts.allow(redis, "inviting", by, INVITED_BY_ONE, INVITED_SECONDS)
            and attempts.allow(redis, "invited", to, INVITED_TO_ONE, INVITED_SECONDS)
        )
    )
    if not allowed:
        raise Refused("That is too many invitations for one day. Go on tomorrow.")


def _read(runtime: Runtime, token: str) -> tuple[int, str] | None:
    try:
        return runtime.links.read_invitation(token)
    except NotOurs:
        return None


def _acceptable(
    connection: Connection, link: tuple[int, str], now: datetime, *, lock: bool = False
) -> tuple[Invitation, Campaigner | None] | None:
    invitation = invitations.get(connection, *link, now, lock=lock)
    if invitation is None:
        return None
    known = people.by_email_key(connection, invitation.email_key)
    return None if known is not None and known.disabled_at is not None else (invitation, known)


def _new(connection: Connection, invitation: Invitation, name: str, now: datetime) -> Campaigner:
    people.add(connection, invitation.email, invitation.email_key, name, now)
    # Another invitation of theirs may have made them at this moment.
    made = people.by_email_key(connection, invitation.email_key)
    assert made is not None  # noqa: S101 - added, or there
    return made


def _present(connection: Connection, standing: Standing, campaigner_id: int, *, stays_owner: bool = False) -> Role:
    """What somebody in the team is, once it is sure that it can do without them as an owner. Raises NotInTeam, LastOwner."""
    if not stays_owner and team.only_owner(connection, standing.id, campaigner_id):
        raise LastOwner
    was = team.role(connection, standing.id, campaigner_id)
    if was is None:
        raise NotInTeam
    return was


def _tell(
    connection: Connection, standing: Standing, campaigner_id: int, what: str, now: datetime, role: Role | None = None
) -> None:
    facts = {"what": what, "role": role.value if role else ""}
    notices.promise(connection, NoticeKind.TEAM, now, campaigner_id=campaigner_id, campaign_id=standing.id, facts=facts)
