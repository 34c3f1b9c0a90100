"""Signatures: one row for each mailbox and campaign, moved from state to state by single statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Executable, bindparam, case, exists, func, select, update

from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.paper.entry import ONLINE
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.domain.signatures.signature import WITHDRAW, SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, text_statement
from campaign.store.signatures.sign_sql import EDITION_JUST_GIVEN_SQL, SIGN_SQL, VERIFY_SQL
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
    declaration: int = 0
    """What was said of who may sign; see `domain.campaigns.eligibility`."""


@dataclass(frozen=True, slots=True)
class SignedSignature:
    """The signature on file after a submission, whatever was on file before."""

    id: int
    state: SignatureState
    edition: int
    """Of the details just given, which the mail about them speaks of."""
    details_edition: int
    """Of the details on file."""


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
    comment_hidden: str
    """Why campaigners have hidden the comment; "" where they have not."""
    comment_published_at: datetime | None
    """When campaigners put the comment on the campaign's page; None where they have not."""
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
    details_edition: int
    """Which edition the details here are of."""
    browser_hash: str
    link_key: str
    signed_at: datetime
    submitted_at: datetime
    verified_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    kind: str = ONLINE
    """How it was given: online, or on paper."""
    erasure_requested_at: datetime | None = None
    """When its owner asked to have it erased, and counted all the same, once the total is final."""
    declaration: int = 0
    ended_class: str = ""
    """What kind of reason it was invalidated for."""
    signed_name: str | None = None
    """The name as it was signed, where its signatory has corrected it since; None where they have not."""
    name_corrected_at: datetime | None = None
    held_flag_id: int | None = None
    """The flag that holds it; None where none does."""

    @property
    def is_held(self) -> bool:
        """Whether it is verified, and a flag keeps it from being counted."""
        return self.state is SignatureState.VERIFIED and self.held_flag_id is not None

    @property
    def counted_ordinal(self) -> int | None:
        """The running total that counting it made. None while it does not count, also where it did before."""
        return None if self.is_held else self.ordinal

    @property
    def logged_name(self) -> str:
        """The name that the public log commits to, and that a receipt holds."""
        return self.name if self.signed_name is None else self.signed_name

    @property
    def is_caught_by_rule(self) -> bool:
        """Whether a standing rule invalidated it before it was counted."""
        return self.state is SignatureState.INVALIDATED and self.ended_class == RemovalKind.RULE


@dataclass(frozen=True, slots=True)
class ChangedSignature:
    """A signature that a transition has just changed."""

    id: int
    slug: str
    mailbox_hash: str
    """The keyed hash its mails are counted under."""


SIGNED_COLUMNS = columns_of(SignedSignature, signatures)
CHANGED_COLUMNS = columns_of(ChangedSignature, signatures, slug=campaigns.c.slug)
# Text: see `campaign.store.signatures.sign_sql`.
_SIGN = text_statement(
    f"{SIGN_SQL}    RETURNING id, state, {EDITION_JUST_GIVEN_SQL} AS edition, details_edition",
    bindparam("now", type_=UtcDateTime()),
    columns=SIGNED_COLUMNS,
)
_VERIFY = text_statement(VERIFY_SQL, bindparam("now", type_=UtcDateTime()), columns=CHANGED_COLUMNS)

_BY_ID = signatures.c.id == bindparam("signature_id")
_BY_LINK = (_BY_ID, signatures.c.link_key == bindparam("with_link_key"))
_OPENED = (
    update(signatures)
    .where(*_BY_LINK, signatures.c.state == SignatureState.PENDING, signatures.c.link_opened == 0)
    .values(link_opened=1)
)
_SLUG = select(campaigns.c.slug).where(campaigns.c.id == signatures.c.campaign_id).scalar_subquery()
_WITHDRAW = (
    update(signatures)
    .where(_BY_ID, signatures.c.state.in_(WITHDRAW.from_states))
    .values(
        state=WITHDRAW.to_state,
        ended_at=bindparam("now"),
        ended_reason="",
        # Consents end with the signature.
        public=False,
        comment_public=False,
        comment_published_at=None,
        updates=False,
        updates_wording="",
        updates_at=None,
        erasure_requested_at=None,
    )
    .returning(*columns_of(ChangedSignature, signatures, slug=_SLUG))
)
_WANTS_UPDATES = bindparam("wants_updates", type_=Boolean())
_CONSENTED_AT = case((signatures.c.updates, signatures.c.updates_at), else_=bindparam("now", type_=UtcDateTime()))
_NEW_COMMENT = func.coalesce(bindparam("comment", type_=signatures.c.comment.type), signatures.c.comment)
_CONSENT = (
    update(signatures)
    .where(_BY_ID, signatures.c.state.in_((SignatureState.PENDING, SignatureState.VERIFIED)))
    .values(
        public=bindparam("is_public"),
        updates=_WANTS_UPDATES,
        updates_wording=bindparam("wording"),
        updates_at=case((_WANTS_UPDATES, _CONSENTED_AT)),
        comment_public=bindparam("is_public"),
        # What campaigners have hidden stays as it was, so that nobody shows it again by writing it anew; and what they have
        # published was read: other words have to be read first.
        comment=case((signatures.c.comment_hidden == "", _NEW_COMMENT), else_=signatures.c.comment),
        comment_published_at=case((signatures.c.comment == _NEW_COMMENT, signatures.c.comment_published_at)),
        declaration=case(
            (
                exists(campaigns.c.id).where(campaigns.c.id == signatures.c.campaign_id, campaigns.c.finalised_at.is_(None)),
                func.coalesce(bindparam("declared", type_=signatures.c.declaration.type), signatures.c.declaration),
            ),
            else_=signatures.c.declaration,
        ),
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

    A new address becomes pending, a withdrawn one pending again, with these details. Any other is left as it is.
    """
    parameters = sign_parameters(campaign_id, text_hash, submission, mailbox_hash, link_key, now)
    row = connection.execute(_SIGN, parameters).one_or_none()
    return None if row is None else SignedSignature(**row._asdict())


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
        "declaration": submission.declaration,
    }  # fmt: skip


def verify_only(
    connection: Connection, signature_id: int, link_key: str, edition: int, now: datetime
) -> ChangedSignature | None:
    """VERIFY, where the signature is pending, the details on file are those of `edition`, and the grace is not over."""
    return _changed_signature(connection, _VERIFY, {"id": signature_id, "link_key": link_key, "edition": edition, "now": now})


def mark_opened(connection: Connection, signature_id: int, link_key: str) -> bool:
    """Note that the page with the button was looked at; False where that is known, or there is no button to press."""
    return connection.execute(_OPENED, {"signature_id": signature_id, "with_link_key": link_key}).rowcount == 1


def withdraw(connection: Connection, signature_id: int, now: datetime) -> ChangedSignature | None:
    """WITHDRAW; None where the signature's state does not allow it."""
    return _changed_signature(connection, _WITHDRAW, {"signature_id": signature_id, "now": now})


def set_consents(
    connection: Connection,
    signature_id: int,
    *,
    is_public: bool,
    wants_updates: bool,
    comment: str | None,
    wording: str,
    now: datetime,
    declaration: int | None = None,
) -> bool:
    """Record what may be done with the signature, and its comment and its declaration unless None.

    The time of a consent already given is kept."""
    parameters = {
        "signature_id": signature_id, "is_public": is_public, "wants_updates": wants_updates, "now": now,
        "comment": comment, "wording": wording if wants_updates else "", "declared": declaration,
    }  # fmt: skip
    return connection.execute(_CONSENT, parameters).rowcount == 1


def get_signature(connection: Connection, signature_id: int, link_key: str) -> Signature | None:
    """The signature a link leads to; None where it was never there or has been forgotten."""
    row = connection.execute(_GET, {"signature_id": signature_id, "with_link_key": link_key}).one_or_none()
    return None if row is None else Signature(**row._asdict())


def _changed_signature(connection: Connection, statement: Executable, parameters: dict[str, Any]) -> ChangedSignature | None:
    row = connection.execute(statement, parameters).one_or_none()
    return None if row is None else ChangedSignature(row.id, row.slug, row.mailbox_hash)
