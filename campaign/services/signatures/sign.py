"""Use cases of a signatory: sign, verify, withdraw, and look after their signature.

Each is one transaction, then hints to the queues. Nothing is sent or asked for inside it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.fair_queue import UNPROVED_MS, MailFlow, domain_gap_ms
from campaign.domain.mail.kinds import MailKind
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING
from campaign.domain.signatures.search_keys import email_domain
from campaign.domain.signatures.signature import SignatureState
from campaign.jobs import ADVANCE_LEDGER, DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef, VerificationRef
from campaign.store.campaigns import campaigns, statements
from campaign.store.mail import signatory_mails
from campaign.store.signatures import corrections, sign_and_verify, signatures
from campaign.store.signatures.corrections import Correction
from campaign.store.signatures.signatures import ChangedSignature, Signature, SignFormData
from campaign.store.site import switches

if TYPE_CHECKING:
    from sqlalchemy import Connection


class NotOpenError(Exception):
    """The campaign takes no signatures now. Nothing was stored."""


class TextChangedError(Exception):
    """The campaign's text is no longer the one the form was shown with. Nothing was stored."""


class VerifyOutcome(Enum):
    """Outcome of a press of the button."""

    NOW = "now"
    ALREADY_VERIFIED = "before"
    """It was verified already; to the signatory that is the same success."""
    TOO_LATE = "too late"
    """The grace is over."""
    READ_ONLY = "later"
    """The operator has the whole site only show what is there. The link works again afterwards."""
    LINK_VOID = "no longer"
    """Withdrawn, invalidated or forgotten: this link verifies nothing any more."""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Result of a press of the button, and of which campaign it was; "" where the signature is forgotten."""

    outcome: VerifyOutcome
    slug: str


@dataclass(frozen=True, slots=True)
class VerificationPreview:
    """Preview of a verification on the page with the button: a signature, and whether its button may be pressed by the browser
    itself."""

    signature: Signature
    """With the details that the link's own mail was about."""
    outcome: VerifyOutcome | None
    """What a press would come to where it would not verify; None where it would."""
    auto_confirm: bool
    """This very browser has signed, with just these details, so its page may press the button."""


def sign_campaign(runtime: Runtime, campaign_id: int, text_hash: str, submission: SignFormData, *, waits: bool = False) -> None:
    """Store a submission and owe the mail that answers it.

    Says nothing about what was on file: that is said only by mail to the address itself. Raises NotOpenError, TextChangedError
    and StoreUnavailableError; in each case nothing was stored. The mail of one that `waits` goes behind all others.
    """
    with runtime.sign_transaction() as connection:
        signed = sign_and_verify.sign(
            connection,
            campaign_id,
            text_hash,
            submission,
            mailbox_hash=runtime.tokens.mailbox_hash(submission.email_key),
            link_key=runtime.random_link_key(),
            now=runtime.now(),
            mailbox_limit=runtime.mailbox_limit,
            flow=_mail_flow(runtime, submission, waits=waits),
        )
    if signed is None:
        with runtime.reading() as connection:
            asked = {version.text.hash for version in campaigns.get_by_id(connection, campaign_id).versions}
        raise NotOpenError if text_hash in asked else TextChangedError
    runtime.enqueue_once(DELIVER_MAIL)


def preview_verification(
    runtime: Runtime, link: VerificationRef, cookies: Mapping[int, str], *, read_only: bool = False
) -> VerificationPreview | None:
    """What the page of a verification link shows. Changes nothing. None where the signature has been forgotten.

    `cookies` are those the browser was given when it signed, by campaign; `read_only` whether the site is said to be so.
    """
    with runtime.reading() as connection:
        signature = signatures.get_signature(connection, *link.signature_ref)
        if signature is None:
            return None
        signature = _with_details_of(connection, signature, link.edition)
        campaign = campaigns.get_by_id(connection, signature.campaign_id)
        waits = read_only and _paused_by_read_only(connection, campaign)
    outcome = _outcome_by_state(signature, link)
    if outcome is None and waits:
        outcome = VerifyOutcome.READ_ONLY
    if outcome is None and not campaign.window.accepts_verification(runtime.now()):
        outcome = VerifyOutcome.TOO_LATE
    press = outcome is None and _same_browser(signature, cookies.get(signature.campaign_id, ""))
    return VerificationPreview(signature, outcome, press)


def verify_signature(runtime: Runtime, link: VerificationRef) -> VerifyResult:
    """Press the button: the details that the link's own mail was about are verified, whatever was given since.

    An edition of which nothing is kept means the details on file; the page has shown them, and they change only after a
    withdrawal, which makes older links void.
    """
    with runtime.sign_transaction() as connection:
        moved = sign_and_verify.verify(
            connection, *link.signature_ref, link.edition, now=runtime.now(), mailbox_limit=runtime.mailbox_limit
        )
    if moved is None:
        moved = _verify_other_edition(runtime, link)
    if moved is not None:
        # Nobody waits for a thank-you mail: the clock's next sweep takes it along.
        runtime.enqueue_once(ADVANCE_LEDGER)
        return VerifyResult(VerifyOutcome.NOW, moved.slug)
    with runtime.reading() as connection:
        found = signatures.get_signature(connection, *link.signature_ref)
        waits = found is not None and _paused_by_read_only(connection, campaigns.get_by_id(connection, found.campaign_id))
    if found is None:
        return VerifyResult(VerifyOutcome.LINK_VOID, "")
    outcome = _outcome_by_state(found, link)
    if outcome is None:
        outcome = VerifyOutcome.READ_ONLY if waits else VerifyOutcome.TOO_LATE
    return VerifyResult(outcome, found.slug)


def record_link_opened(runtime: Runtime, link: VerificationRef) -> None:
    """Note that somebody has read the page with the button, pressed or not. Nothing else follows from it."""
    with runtime.single_statement() as connection:
        signatures.mark_opened(connection, *link.signature_ref)


def get_own_signature(runtime: Runtime, own: SignatureRef) -> Signature | None:
    """One's own signature; None where it has been forgotten."""
    with runtime.reading() as connection:
        return signatures.get_signature(connection, *own)


def list_corrections(runtime: Runtime, signature_id: int) -> list[Correction]:
    """Other details given with the address of a signature, while it is pending."""
    with runtime.reading() as connection:
        return corrections.list_corrections(connection, signature_id)


def withdraw_signature(runtime: Runtime, signature_id: int) -> bool:
    """WITHDRAW: also "it wasn't me", also after the campaign has closed or been taken down. False where it is not there to
    be withdrawn (any more)."""
    now = runtime.now()
    with runtime.transaction() as connection:
        moved = signatures.withdraw(connection, signature_id, now)
        if moved is not None:
            signatory_mails.enqueue_mail(
                connection, MailKind.WITHDRAWN, moved.id, moved.mailbox_hash, now, runtime.mailbox_limit
            )
            corrections.delete_corrections(connection, moved.id)
    if moved is None:
        return False
    runtime.enqueue_once(ADVANCE_LEDGER, DELIVER_MAIL)
    return True


def declared_words(runtime: Runtime, signature: Signature) -> str:
    """The statement of who may sign that a signatory was shown; "" where there was none."""
    if not signature.declaration:
        return ""
    with runtime.reading() as connection:
        found = statements.words_by_number(statements.list_statements(connection, signature.campaign_id))
    return found.get(abs(signature.declaration), "")


def change_consents(
    runtime: Runtime, signature_id: int, *, public: bool, updates: bool, comment: str | None = None,
    declaration: int | None = None,
) -> bool:  # fmt: skip
    """Change whether the name may be shown and whether updates may be mailed; the comment, and what was declared of who may
    sign, unless None. What was declared stays as it is once the total is final.

    False where there is no signature any more that could be changed.
    """
    with runtime.transaction() as connection:
        changed = signatures.set_consents(
            connection,
            signature_id,
            is_public=public,
            wants_updates=updates,
            comment=comment,
            wording=CURRENT_UPDATES_WORDING,
            declaration=declaration,
            now=runtime.now(),
        )
    if changed and declaration is not None:
        runtime.enqueue_once(ADVANCE_LEDGER)
    return changed


def browser_cookie_hash(cookie: str) -> str:
    """What is kept of the cookie of the browser that signs."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


def _mail_flow(runtime: Runtime, submission: SignFormData, *, waits: bool) -> MailFlow:
    domain = email_domain(submission.email_key)
    # Those that wait are a queue of their own: who has proved something does not wait behind them.
    kind = "waiting " if waits else ""
    return MailFlow(
        runtime.tokens.flow_key(f"{kind}network", submission.network), runtime.tokens.flow_key(f"{kind}domain", domain),
        domain_gap_ms(domain), UNPROVED_MS if waits else 0,
    )  # fmt: skip


def _verify_other_edition(runtime: Runtime, link: VerificationRef) -> ChangedSignature | None:
    """VERIFY by a link whose mail was about other details than those on file; None where it verifies nothing."""
    now, limit = runtime.now(), runtime.mailbox_limit
    with runtime.transaction() as connection:
        found = signatures.get_signature(connection, *link.signature_ref)
        if found is None or found.state is not SignatureState.PENDING or link.edition < found.edition_floor:
            return None
        correction = corrections.get_correction(connection, found.id, link.edition)
        if correction is None:
            return sign_and_verify.verify(connection, *link.signature_ref, found.details_edition, now=now, mailbox_limit=limit)
        return sign_and_verify.verify_corrected(connection, *link.signature_ref, correction, now=now, mailbox_limit=limit)


def _with_details_of(connection: "Connection", signature: Signature, edition: int) -> Signature:
    """A pending signature with the details of one edition, where others than those on file are kept for it."""
    if signature.state is not SignatureState.PENDING or edition == signature.details_edition:
        return signature
    found = corrections.get_correction(connection, signature.id, edition)
    if found is None:
        return signature
    return replace(
        signature, text_hash=found.text_hash, title=found.title, name=found.name, email=found.email, country=found.country,
        postcode=found.postcode, comment=found.comment, public=found.public, updates=found.updates,
        updates_wording=found.updates_wording, updates_at=found.updates_at, language=found.language,
        browser_hash=found.browser_hash, declaration=found.declaration,
    )  # fmt: skip


def _paused_by_read_only(connection: "Connection", campaign: Campaign) -> bool:
    """Whether links would verify if the site were not read-only; they will again for as long as they would have."""
    since = switches.read_only_since(connection)
    return since is not None and campaign.window.accepts_verification(since)


def _same_browser(signature: Signature, cookie: str) -> bool:
    return bool(cookie) and hmac.compare_digest(signature.browser_hash, browser_cookie_hash(cookie))


def _outcome_by_state(signature: Signature, link: VerificationRef) -> VerifyOutcome | None:
    """What a press comes to by the signature's state alone; None where it is still to be verified."""
    # Somebody whom a standing rule has caught is answered as everybody is.
    if signature.state is SignatureState.VERIFIED or signature.is_caught_by_rule:
        return VerifyOutcome.ALREADY_VERIFIED if link.edition >= signature.edition_floor else VerifyOutcome.LINK_VOID
    if signature.state is not SignatureState.PENDING or link.edition < signature.edition_floor:
        return VerifyOutcome.LINK_VOID
    return None
