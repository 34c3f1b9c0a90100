"""Claimed rows of the outbox, read with all that is needed to write their mails."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from campaign.domain.accounts.role import Role
from campaign.domain.mail.claim import CampaignerMail, InvitationFacts, MailedUpdate, SignatoryMail
from campaign.domain.mail.kinds import MailKind
from campaign.domain.updates.update import UpdateText
from campaign.store.database.statements import columns_of, is_any_of
from campaign.store.tables import (
    campaigners,
    campaigns,
    corrections,
    invitations,
    organisation_teams,
    outbox,
    signatures,
    suppressions,
    texts,
    translations,
    updates,
)

_THESE = is_any_of(outbox.c.id, "ids")
# In the signatory's language where the campaign speaks it, else in its main one, as on the page after confirming.
_THANK_YOU = func.coalesce(
    select(translations.c.thank_you)
    .where(translations.c.campaign_id == signatures.c.campaign_id, translations.c.language == signatures.c.language)
    .correlate(signatures)
    .scalar_subquery(),
    campaigns.c.thank_you,
)
_SIGNATORY_MAILS = (
    select(
        *columns_of(
            SignatoryMail,
            signatures,
            id=outbox.c.id,
            attempt=outbox.c.attempts,
            kind=outbox.c.kind,
            created_at=outbox.c.created_at,
            unknown_at=outbox.c.unknown_at,
            signature_id=outbox.c.signature_id,
            slug=campaigns.c.slug,
            campaign_language=campaigns.c.language,
            contact=campaigns.c.contact,
            organiser=campaigns.c.organiser,
            organiser_picture=campaigns.c.organiser_picture,
            thank_you=case((outbox.c.kind == MailKind.THANK_YOU, _THANK_YOU), else_=""),
            time_zone=campaigns.c.time_zone,
            closes_at=campaigns.c.closes_at,
            verify_until=campaigns.c.verify_until,
            title=texts.c.title,
            # 0 where a program of an earlier version has promised it.
            edition=case((outbox.c.edition > 0, outbox.c.edition), else_=signatures.c.edition),
            name=func.coalesce(corrections.c.name, signatures.c.name),
            email=func.coalesce(corrections.c.email, signatures.c.email),
            language=func.coalesce(corrections.c.language, signatures.c.language),
            suppression=suppressions.c.reason,
            suppressed_until=suppressions.c.expires_at,
            taken_down_at=campaigns.c.taken_down_at,
            update=outbox.c.update_id,
        )
    )
    .select_from(outbox)
    .join(signatures, signatures.c.id == outbox.c.signature_id)
    .join(campaigns, campaigns.c.id == signatures.c.campaign_id)
    .join(
        corrections,
        and_(
            corrections.c.signature_id == outbox.c.signature_id,
            corrections.c.edition == outbox.c.edition,
            # The edition of an update's mail is the update's number.
            outbox.c.update_id.is_(None),
        ),
        isouter=True,
    )
    .join(
        texts,
        and_(
            texts.c.campaign_id == signatures.c.campaign_id,
            texts.c.hash == func.coalesce(corrections.c.text_hash, signatures.c.text_hash),
        ),
    )
    .join(suppressions, suppressions.c.mailbox_hash == outbox.c.mailbox_hash, isouter=True)
    # The signatures by their numbers too, although the mails say them: as long as PostgreSQL has no statistics of a new
    # campaign, it would read all its signatures to find these.
    .where(_THESE, is_any_of(signatures.c.id, "signature_ids"))
)
_UPDATE_TEXT = columns_of(UpdateText, updates)
_UPDATES = select(updates.c.id, updates.c.number, updates.c.mailing, updates.c.picture, *_UPDATE_TEXT).where(
    is_any_of(updates.c.id, "ids")
)
_INVITERS = campaigners.alias("inviters")
_CAMPAIGNER_MAILS = (
    select(
        outbox.c.id,
        outbox.c.attempts.label("attempt"),
        outbox.c.kind,
        outbox.c.created_at,
        outbox.c.unknown_at,
        outbox.c.facts,
        outbox.c.campaigner_id,
        outbox.c.invitation_id,
        campaigners.c.name,
        campaigners.c.email,
        campaigners.c.wants_alerts,
        campaigners.c.wants_digest,
        campaigners.c.disabled_at,
        campaigns.c.slug,
        campaigns.c.time_zone,
        texts.c.title,
        invitations.c.key,
        invitations.c.email.label("invited_email"),
        invitations.c.role,
        invitations.c.expires_at,
        invitations.c.accepted_at,
        invitations.c.revoked_at,
        _INVITERS.c.name.label("inviter"),
        func.coalesce(campaigners.c.language, _INVITERS.c.language, "").label("language"),
        organisation_teams.c.name.label("team_name"),
    )
    .select_from(outbox)
    .join(campaigners, campaigners.c.id == outbox.c.campaigner_id, isouter=True)
    .join(campaigns, campaigns.c.id == outbox.c.campaign_id, isouter=True)
    .join(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash), isouter=True)
    .join(invitations, invitations.c.id == outbox.c.invitation_id, isouter=True)
    .join(_INVITERS, _INVITERS.c.id == invitations.c.invited_by, isouter=True)
    .join(organisation_teams, organisation_teams.c.id == invitations.c.team_id, isouter=True)
    .where(_THESE)
)


def signatory_mails(connection: Connection, signature_ids: Mapping[int, int]) -> dict[int, SignatoryMail]:
    """Mails to signatories, by the number of their row; given the signature of each."""
    given = {"ids": signature_ids.keys(), "signature_ids": set(signature_ids.values())}
    rows = [row._asdict() for row in connection.execute(_SIGNATORY_MAILS, given)]
    brought = _updates_by_id(connection, {row["update"] for row in rows if row["update"] is not None})
    return {row["id"]: SignatoryMail(**row | {"update": brought.get(row["update"])}) for row in rows}


def _updates_by_id(connection: Connection, ids: Collection[int]) -> dict[int, MailedUpdate]:
    if not ids:
        return {}
    return {
        row.id: MailedUpdate(
            row.id, row.number, UpdateText(**{column.key: getattr(row, column.key) for column in _UPDATE_TEXT}), row.mailing,
            row.picture,
        )
        for row in connection.execute(_UPDATES, {"ids": sorted(ids)})
    }  # fmt: skip


def campaigner_mails(connection: Connection, ids: Sequence[int]) -> dict[int, CampaignerMail]:
    """Mails to campaigners and to those they invite, by the number of their row."""
    return {row.id: _campaigner_mail(row) for row in connection.execute(_CAMPAIGNER_MAILS, {"ids": ids})}


def _campaigner_mail(row: Any) -> CampaignerMail:
    invited = None
    # Its invitation may be gone: then it has no address, and there is nobody to tell.
    if row.key is not None:
        invited = InvitationFacts(
            row.invitation_id, row.key, row.invited_email, Role(row.role) if row.role else None, row.inviter or "",
            row.expires_at, is_open=row.accepted_at is None and row.revoked_at is None, team=row.team_name or "",
        )  # fmt: skip
    return CampaignerMail(
        id=row.id, attempt=row.attempt, kind=row.kind, facts=row.facts or {}, created_at=row.created_at,
        unknown_at=row.unknown_at, language=row.language, campaigner_id=row.campaigner_id, name=row.name or "",
        email=invited.email if invited else row.email or "", wants_alerts=bool(row.wants_alerts),
        wants_digest=bool(row.wants_digest), disabled=row.disabled_at is not None, slug=row.slug or "", title=row.title or "",
        time_zone=row.time_zone or "Europe/London", invitation=invited,
    )  # fmt: skip
