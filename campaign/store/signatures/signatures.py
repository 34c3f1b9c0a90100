"""Signatures: one row for each mailbox and campaign, moved from state to state by single statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Executable, bindparam, case, select, update

from campaign.domain.paper.entry import ONLINE
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.domain.signatures.signature import SignatureState, Transition
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, text_statement
from campaign.store.site.switches import READ_ONLY_SQL, SIGNING_PAUSED_SQL
from campaign.store.tables import campaigns, signatures, texts


@dataclass(frozen=True, slots=True)
class SignFormData:
    """Values of the sign form, checked and normalised."""

    name: str
    email: str
    email_key: str
    country: str
    postcode: str
    comment: str
    public: bool
    updates: bool
    updates_wording: str
    """Which wording of the consent was agreed to; empty where `updates` is not ticked."""
    source: str
    """Where it came from: a campaigner's label, the host of a site; never a person. May be empty."""
    browser_hash: str
    """Hash of the cookie of the browser that signs; empty where it must not press the button by itself."""
    language: str = "en"
    referral_code: str = ""
    """The code of the personal link it came by; empty for none."""
    network: str = ""
    """The /24 or /48 it came from; empty where that is unknown."""


@dataclass(frozen=True, slots=True)
class SignedSignature:
    """The signature on file after a submission, whatever was on file before."""

    id: int
    state: SignatureState
    edition: int


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as its signatory may see it."""

    id: int
    campaign_id: int
    slug: str
    title: str
    text_hash: str
    state: SignatureState
    name: str
    email: str
    email_key: str
    country: str
    postcode: str
    comment: str
    public: bool
    updates: bool
    updates_wording: str
    updates_at: datetime | None
    source: str
    language: str
    referral_code: str
    ordinal: int | None
    """The running total that counting it made; None while it was never counted."""
    edition: int
    edition_floor: int
    browser_hash: str
    link_key: str
    signed_at: datetime
    submitted_at: datetime
    verified_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    kind: str = ONLINE
    """How it was given: online, or on paper."""


@dataclass(frozen=True, slots=True)
class ChangedSignature:
    """A signature that a transition has just changed."""

    id: int
    slug: str
    mailbox_hash: str
    """The keyed hash its mails are counted under."""


# While a signature is not verified its details may still be corrected by submitting again. A verified one keeps what
# its signatory verified, an invalidated one what the campaigner saw.
_CORRECTABLE_COLUMNS = (
    "text_hash",
    "name",
    "email",
    "country",
    "postcode",
    "comment",
    "public",
    "updates",
    "updates_wording",
    "source",
    "language",
    "referral_code",
)
_UNASKED_COLUMNS = ("source", "language", "referral_code")
"""Details no page asks about: a change of them is no correction."""
_CORRECTABLE_SQL = "signatures.state IN ('pending', 'withdrawn')"
_IS_CORRECTED_SQL = " OR ".join(
    f"signatures.{name} <> excluded.{name}" for name in _CORRECTABLE_COLUMNS if name not in _UNASKED_COLUMNS
)
# A correction comes by a link of ours or a mail; the signature is still counted under the personal link it first came by.
# The two belong together: where a personal link brought somebody, that is the source too.
_REFERRAL_COLUMNS = ("source", "referral_code")
_HAS_REFERRAL_SQL = "(signatures.state = 'pending' AND signatures.referral_code <> '')"
# A network is kept for some time from the first signing on, so one that was cleared is not learned again.
_KEPT_SQL = {
    **dict.fromkeys(_REFERRAL_COLUMNS, f" AND NOT {_HAS_REFERRAL_SQL}"),
    "network": " AND signatures.network <> ''",
}
# Made from the details for searching. The domain needs no correcting: another address is another signature.
_SEARCH_KEY_COLUMNS = ("name_key", "surname_key", "area")
_CORRECTIONS = ",\n        ".join(
    f"{name} = CASE WHEN {_CORRECTABLE_SQL}{_KEPT_SQL.get(name, '')} THEN excluded.{name} ELSE signatures.{name} END"
    for name in (*_CORRECTABLE_COLUMNS, *_SEARCH_KEY_COLUMNS, "network", "browser_hash", "updates_at")
)

# Who has withdrawn what they signed on paper, and signs online, has never signed online before.
_WAS_PAPER = "(signatures.state = 'withdrawn' AND signatures.kind = 'paper')"
# One statement for everybody: whether the address is new, waiting, verified or invalidated, one row is written and the
# answer takes as long. The deadline is part of it: a submission that is too late selects no campaign and stores nothing.
SIGN_SQL = f"""
    INSERT INTO signatures (
        campaign_id, text_hash, state, counted_as, counted_country, name, email, email_key, mailbox_hash, country, postcode,
        comment, public, updates, updates_wording, updates_at, source, language, referral_code, edition, edition_floor,
        browser_hash, link_key, signed_at, submitted_at, ended_reason, name_key, surname_key, domain, area, network)
    SELECT c.id, CAST(:text_hash AS VARCHAR(64)), 'pending', 'none', '', :name, :email, :email_key, :mailbox_hash,
        :country, :postcode, :comment, :public, :updates, :updates_wording, CASE WHEN :updates THEN :now END, :source,
        :language, :referral_code, 1, 1, :browser_hash, :link_key, :now, :now, '', :name_key, :surname_key, :domain, :area,
        :network
    FROM campaigns c
    WHERE c.id = :campaign_id AND (c.text_hash = CAST(:text_hash AS VARCHAR(64)) OR EXISTS (
            SELECT 1 FROM translations r WHERE r.campaign_id = c.id AND r.text_hash = CAST(:text_hash AS VARCHAR(64))))
        AND c.opens_at <= :now AND :now < c.closes_at
        AND NOT c.paused AND c.taken_down_at IS NULL AND c.finalised_at IS NULL AND c.published_at IS NOT NULL
        AND NOT {SIGNING_PAUSED_SQL}
    ON CONFLICT (campaign_id, email_key) DO UPDATE SET
        edition = CASE WHEN signatures.state = 'withdrawn' OR (signatures.state = 'pending' AND ({_IS_CORRECTED_SQL}))
                  THEN signatures.edition + 1 ELSE signatures.edition END,
        edition_floor = CASE WHEN signatures.state = 'withdrawn' THEN signatures.edition + 1 ELSE signatures.edition_floor END,
        first_signed_at = CASE WHEN {_WAS_PAPER} THEN NULL WHEN signatures.state = 'withdrawn'
                  THEN coalesce(signatures.first_signed_at, signatures.signed_at) ELSE signatures.first_signed_at END,
        kind = CASE WHEN {_WAS_PAPER} THEN 'online' ELSE signatures.kind END,
        ordinal = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.ordinal END,
        intake_id = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.intake_id END,
        line = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.line END,
        signed_at = CASE WHEN signatures.state = 'withdrawn' THEN excluded.signed_at ELSE signatures.signed_at END,
        verified_at = CASE WHEN signatures.state = 'withdrawn' THEN NULL ELSE signatures.verified_at END,
        ended_at = CASE WHEN signatures.state = 'withdrawn' THEN NULL ELSE signatures.ended_at END,
        state = CASE WHEN signatures.state = 'withdrawn' THEN 'pending' ELSE signatures.state END,
        submitted_at = excluded.submitted_at,
        mailbox_hash = excluded.mailbox_hash,
        place_id = CASE WHEN {_CORRECTABLE_SQL} AND (signatures.postcode <> excluded.postcode OR signatures.country <>
            excluded.country)
                  THEN NULL ELSE signatures.place_id END,
        {_CORRECTIONS}
    RETURNING id, state, edition, mailbox_hash
"""
# A pressed button means that its page was opened.
VERIFY_SQL = f"""UPDATE signatures SET state = 'verified', verified_at = :now, link_opened = 1
       WHERE id = :id AND state = 'pending' AND edition = :edition AND link_key = :link_key AND EXISTS (
           SELECT 1 FROM campaigns c WHERE c.id = signatures.campaign_id AND :now < c.verify_until AND c.finalised_at IS NULL
               AND c.taken_down_at IS NULL AND c.published_at IS NOT NULL)
           AND NOT {READ_ONLY_SQL}
       RETURNING id, (SELECT slug FROM campaigns WHERE campaigns.id = signatures.campaign_id) AS slug, mailbox_hash"""
SIGNED_COLUMNS = columns_of(SignedSignature, signatures)
CHANGED_COLUMNS = columns_of(ChangedSignature, signatures, slug=campaigns.c.slug)
# Text: what is read here is what becomes of each column in each state, side by side. On PostgreSQL they are parts of a larger
# statement, `campaign.store.signatures.sign_and_verify`.
_SIGN = text_statement(SIGN_SQL, bindparam("now", type_=UtcDateTime()), columns=SIGNED_COLUMNS)
_VERIFY = text_statement(VERIFY_SQL, bindparam("now", type_=UtcDateTime()), columns=CHANGED_COLUMNS)

_BY_ID = signatures.c.id == bindparam("signature_id")
_BY_LINK = (_BY_ID, signatures.c.link_key == bindparam("with_link_key"))
_OPENED = (
    update(signatures)
    .where(*_BY_LINK, signatures.c.state == SignatureState.PENDING, signatures.c.link_opened == 0)
    .values(link_opened=1)
)
_SLUG = select(campaigns.c.slug).where(campaigns.c.id == signatures.c.campaign_id).scalar_subquery()
_END = (
    update(signatures)
    .where(_BY_ID, signatures.c.state.in_(bindparam("from_states", expanding=True)))
    .values(state=bindparam("to_state"), ended_at=bindparam("now"), ended_reason=bindparam("reason"))
    .returning(*columns_of(ChangedSignature, signatures, slug=_SLUG))
)
_WANTS_UPDATES = bindparam("wants_updates", type_=Boolean())
_CONSENTED_AT = case((signatures.c.updates, signatures.c.updates_at), else_=bindparam("now", type_=UtcDateTime()))
_CONSENT = (
    update(signatures)
    .where(_BY_ID, signatures.c.state.in_((SignatureState.PENDING, SignatureState.VERIFIED)))
    .values(
        public=bindparam("is_public"),
        updates=_WANTS_UPDATES,
        updates_wording=bindparam("wording"),
        updates_at=case((_WANTS_UPDATES, _CONSENTED_AT)),
    )
)
_GET = (
    select(*columns_of(Signature, signatures, slug=campaigns.c.slug, title=texts.c.title))
    .join(campaigns, campaigns.c.id == signatures.c.campaign_id)
    .join(texts, (texts.c.campaign_id == signatures.c.campaign_id) & (texts.c.hash == signatures.c.text_hash))
    .where(*_BY_LINK)
)


def sign_only(
    connection: Connection,
    campaign_id: int,
    text_hash: str,
    submission: SignFormData,
    mailbox_hash: str,
    link_key: str,
    now: datetime,
) -> SignedSignature | None:
    """Store a submission; None where the campaign is not open at `now`, or no longer asks for the text with this hash.

    A new address becomes pending, a withdrawn one pending again; a pending one takes over corrected details; a verified
    or invalidated one is left as it is.
    """
    parameters = sign_parameters(campaign_id, text_hash, submission, mailbox_hash, link_key, now)
    row = connection.execute(_SIGN, parameters).one_or_none()
    return None if row is None else SignedSignature(row.id, row.state, row.edition)


def sign_parameters(
    campaign_id: int, text_hash: str, submission: SignFormData, mailbox_hash: str, link_key: str, now: datetime
) -> dict[str, Any]:
    """The parameters of SIGN. `mailbox_hash` is the keyed hash that mails are counted under; `link_key` is random, and becomes
    part of every link to the signature if this submission is its first."""
    return {
        "campaign_id": campaign_id, "text_hash": text_hash, "now": now, "name": submission.name,
        "email": submission.email, "email_key": submission.email_key, "mailbox_hash": mailbox_hash,
        "country": submission.country, "postcode": submission.postcode, "comment": submission.comment,
        "public": submission.public, "updates": submission.updates, "updates_wording": submission.updates_wording,
        "source": submission.source, "browser_hash": submission.browser_hash, "link_key": link_key,
        "language": submission.language, "referral_code": submission.referral_code, "name_key": name_key(submission.name),
        "surname_key": surname_key(submission.name), "domain": email_domain(submission.email_key),
        "area": postcode_area(submission.postcode, submission.country), "network": submission.network,
    }  # fmt: skip


def verify_only(
    connection: Connection, signature_id: int, link_key: str, edition: int, now: datetime
) -> ChangedSignature | None:
    """VERIFY, where the signature is pending, its details are those of `edition`, and the grace is not over."""
    return _changed_signature(connection, _VERIFY, {"id": signature_id, "link_key": link_key, "edition": edition, "now": now})


def mark_opened(connection: Connection, signature_id: int, link_key: str) -> bool:
    """Note that the page with the button was looked at; False where that is known, or there is no button to press."""
    return connection.execute(_OPENED, {"signature_id": signature_id, "with_link_key": link_key}).rowcount == 1


def end_signature(
    connection: Connection, transition: Transition, signature_id: int, now: datetime, reason: str = ""
) -> ChangedSignature | None:
    """WITHDRAW or INVALIDATE; None where the signature's state does not allow the transition."""
    parameters = {
        "signature_id": signature_id, "to_state": transition.to_state, "from_states": list(transition.from_states), "now": now,
        "reason": reason,
    }  # fmt: skip
    return _changed_signature(connection, _END, parameters)


def set_consents(
    connection: Connection, signature_id: int, *, is_public: bool, wants_updates: bool, wording: str, now: datetime
) -> bool:
    """Record what may be done with the signature; the time of a consent already given is kept."""
    parameters = {
        "signature_id": signature_id, "is_public": is_public, "wants_updates": wants_updates, "now": now,
        "wording": wording if wants_updates else "",
    }  # fmt: skip
    return connection.execute(_CONSENT, parameters).rowcount == 1


def get_signature(connection: Connection, signature_id: int, link_key: str) -> Signature | None:
    """The signature a link leads to; None where it was never there or has been forgotten."""
    row = connection.execute(_GET, {"signature_id": signature_id, "with_link_key": link_key}).one_or_none()
    return None if row is None else Signature(**row._asdict())


def _changed_signature(connection: Connection, statement: Executable, parameters: dict[str, Any]) -> ChangedSignature | None:
    row = connection.execute(statement, parameters).one_or_none()
    return None if row is None else ChangedSignature(row.id, row.slug, row.mailbox_hash)
