"""What a signatory can do: sign, verify, withdraw, and look after their signature.

Each is one transaction, then hints to the queues. Nothing is sent or asked for inside it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from campaign.domain.consent import UPDATES_WORDING
from campaign.domain.signature import WITHDRAW, MailKind, SignatureState
from campaign.domain.standing import Standing
from campaign.jobs import ADVANCE_LEDGER, DELIVER_MAIL
from campaign.links import OwnLink, VerifyLink
from campaign.runtime import Runtime
from campaign.store import campaigns, moves, outbox, signatures, switches
from campaign.store.signatures import Signature, Submission

if TYPE_CHECKING:
    from sqlalchemy import Connection


class NotOpen(Exception):  # noqa: N818 - it says what the campaign is
    """The campaign takes no signatures now. Nothing was stored."""


class TextChanged(Exception):  # noqa: N818 - it says what happened
    """The campaign's text is no longer the one the form was shown with. Nothing was stored."""


class Verified(Enum):
    """What became of a press of the button."""

    NOW = "now"
    BEFORE = "before"
    """It was verified already; to the signatory that is the same success."""
    CHANGED = "changed"
    """The details were corrected since the page was shown: show them again and ask again."""
    TOO_LATE = "too late"
    """The grace is over."""
    LATER = "later"
    """The operator has the whole site only show what is there. The link works again afterwards."""
    NO_LONGER = "no longer"
    """Withdrawn, invalidated or forgotten: this link verifies nothing any more."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What became of a press of the button, and of which campaign it was; "" where the signature is forgotten."""

    outcome: Verified
    slug: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What the page with the button shows: a signature, and whether its button may be pressed by the browser itself."""

    signature: Signature
    outcome: Verified | None
    """What a press would come to where it would not verify; None where it would."""
    press: bool
    """This very browser has signed, with just these details, so its page may press the button."""


def sign(runtime: Runtime, campaign_id: int, text_hash: str, submission: Submission) -> None:
    """Store a submission and owe the mail that answers it.

    Says nothing about what was on file: that is said only by mail to the address itself. Raises NotOpen, TextChanged and
    StoreUnavailable; in each case nothing was stored.
    """
    with runtime.moving() as connection:
        signed = moves.sign(
            connection,
            campaign_id,
            text_hash,
            submission,
            mailbox=runtime.links.mailbox_hash(submission.email_key),
            link_key=runtime.link_key(),
            now=runtime.now(),
            bound=runtime.mailbox_bound,
        )
    if signed is None:
        with runtime.reading() as connection:
            asked = {version.text.hash for version in campaigns.by_id(connection, campaign_id).versions}
        raise NotOpen if text_hash in asked else TextChanged
    runtime.hint(DELIVER_MAIL)


def look_at_link(runtime: Runtime, link: VerifyLink, cookies: Mapping[int, str], *, read_only: bool = False) -> Ready | None:
    """What the page of a verification link shows. Changes nothing. None where the signature has been forgotten.

    `cookies` are those the browser was given when it signed, by campaign; `read_only` whether the site is said to be so.
    """
    with runtime.reading() as connection:
        signature = signatures.get(connection, *link.own)
        if signature is None:
            return None
        standing = campaigns.by_id(connection, signature.campaign_id)
        waits = read_only and _waits(connection, standing)
    outcome = _outcome(signature, link)
    if outcome is None and waits:
        outcome = Verified.LATER
    if outcome is None and not standing.window.verifies(runtime.now()):
        outcome = Verified.TOO_LATE
    press = outcome is None and _same_browser(signature, cookies.get(signature.campaign_id, ""))
    return Ready(signature, outcome, press)


def verify(runtime: Runtime, link: VerifyLink, edition: int | None = None) -> Pressed:
    """Press the button. `edition` is the one the page showed; None for the one the mail spoke of.

    Whoever holds any link mailed since the last withdrawal holds the mailbox, so an older link still works; but only what
    the page (or the mail) showed is verified: where the details have changed since, the answer is CHANGED.
    """
    shown = link.edition if edition is None else edition
    moved = None
    if link.edition == shown or _still_holds(runtime, link):
        with runtime.moving() as connection:
            moved = moves.verify(connection, *link.own, shown, now=runtime.now(), bound=runtime.mailbox_bound)
    if moved is not None:
        # Nobody waits for a thank-you mail: the clock's next sweep takes it along.
        runtime.hint(ADVANCE_LEDGER)
        return Pressed(Verified.NOW, moved.slug)
    with runtime.reading() as connection:
        found = signatures.get(connection, *link.own)
        waits = found is not None and _waits(connection, campaigns.by_id(connection, found.campaign_id))
    if found is None:
        return Pressed(Verified.NO_LONGER, "")
    outcome = _outcome(found, link)
    if outcome is None:
        outcome = Verified.LATER if waits else Verified.CHANGED if found.edition != shown else Verified.TOO_LATE
    return Pressed(outcome, found.slug)


def opened(runtime: Runtime, link: VerifyLink) -> None:
    """Note that somebody has read the page with the button, pressed or not. Nothing else follows from it."""
    with runtime.single() as connection:
        signatures.opened(connection, *link.own)


def look_at(runtime: Runtime, own: OwnLink) -> Signature | None:
    """One's own signature; None where it has been forgotten."""
    with runtime.reading() as connection:
        return signatures.get(connection, *own)


def withdraw(runtime: Runtime, signature_id: int) -> bool:
    """WITHDRAW: also "it wasn't me", also after the campaign has closed or been taken down. False where it is not there to
    be withdrawn (any more)."""
    now = runtime.now()
    with runtime.transaction() as connection:
        moved = signatures.end(connection, WITHDRAW, signature_id, now)
        if moved is not None:
            outbox.promise(connection, MailKind.WITHDRAWN, moved.id, moved.mailbox, now, runtime.mailbox_bound)
    if moved is None:
        return False
    runtime.hint(ADVANCE_LEDGER, DELIVER_MAIL)
    return True


def change_consents(runtime: Runtime, signature_id: int, *, public: bool, updates: bool) -> bool:
    """Change whether the name may be shown and whether updates may be mailed. False where there is nothing to change."""
    with runtime.transaction() as connection:
        return signatures.set_consents(
            connection, signature_id, public=public, updates=updates, wording=UPDATES_WORDING, now=runtime.now()
        )


def browser_hash(cookie: str) -> str:
    """What is kept of the cookie of the browser that signs."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


def _still_holds(runtime: Runtime, link: VerifyLink) -> bool:
    """Whether a link whose mail spoke of older details was mailed since the last withdrawal."""
    with runtime.reading() as connection:
        found = signatures.get(connection, *link.own)
    return found is not None and link.edition >= found.edition_floor


def _waits(connection: "Connection", standing: Standing) -> bool:
    """Whether links would verify if the site were not read-only; they will again for as long as they would have."""
    since = switches.read_only_since(connection)
    return since is not None and standing.window.verifies(since)


def _same_browser(signature: Signature, cookie: str) -> bool:
    return bool(cookie) and hmac.compare_digest(signature.browser, browser_hash(cookie))


def _outcome(signature: Signature, link: VerifyLink) -> Verified | None:
    """What a press comes to by the signature's state alone; None where it is still to be verified."""
    if signature.state is SignatureState.VERIFIED:
        return Verified.BEFORE if link.edition >= signature.edition_floor else Verified.NO_LONGER
    if signature.state is not SignatureState.PENDING or link.edition < signature.edition_floor:
        return Verified.NO_LONGER
    return None
