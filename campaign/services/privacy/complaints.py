"""Complaints about what a campaign does with personal data: taken, acknowledged by mail, closed with a note."""

from dataclasses import dataclass
from datetime import timedelta

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.email_address import EmailAddress
from campaign.domain.mail.kinds import MailKind
from campaign.domain.privacy.acknowledgement import Acknowledgement, acknowledgement_of
from campaign.domain.privacy.complaint import ANSWER_WITHIN, CLOSED_COMPLAINT_RETENTION_DAYS, Complaint, read_closing_note
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.runtime.rate_limits import is_within_limit
from campaign.store.accounts import audit_log
from campaign.store.mail import outbox, suppressions
from campaign.store.privacy import complaints
from campaign.store.privacy.complaints import ListedComplaint

PAGE_SIZE = 50
MAX_COMPLAINTS_PER_NETWORK, PER_NETWORK_SECONDS = 5, 3_600
"""Complaints taken from one network in so many seconds."""
MAX_MAILS_PER_MAILBOX, PER_MAILBOX_SECONDS = 3, 86_400
"""Acknowledgements mailed to one mailbox in so many seconds: anybody can type any address."""
MAX_COMPLAINTS_PER_DAY = 200
"""Complaints taken for one campaign in a day."""
MAX_ERASED_PER_ROUND = 500
"""Complaints erased in one transaction."""
_NEWEST_ID = 2**62
_AUDIT_SUBJECT = "complaint %d"


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """Complaint as its form was read."""

    name: str
    address: EmailAddress
    text: str
    language: str
    network: str
    """The /24 or /48 it came from; "" where that is unknown."""


class TooManyComplaintsError(Exception):
    """More complaints than anybody could mean. Nothing was stored."""


def make_complaint(runtime: Runtime, campaign_id: int, form: ComplaintForm) -> int:
    """Store a complaint; owe its acknowledgement to the person and a notice to the owners. Returns its number.

    The answer is the same whether the mail is owed or not. Raises TooManyComplaintsError, StoreUnavailableError.
    """
    # An unknown network is not one network that everybody shares.
    if form.network and not is_within_limit(
        runtime, "complaining", f"network {form.network}", MAX_COMPLAINTS_PER_NETWORK, PER_NETWORK_SECONDS
    ):
        raise TooManyComplaintsError
    is_mailed = is_within_limit(
        runtime, "acknowledging", f"address {form.address.key}", MAX_MAILS_PER_MAILBOX, PER_MAILBOX_SECONDS
    )
    now, hashes = runtime.now(), runtime.tokens.mailbox_hashes(form.address.key)
    # Nothing personal stands in the outbox: the address is sealed.
    sealed = runtime.text_cipher.encrypt(0, f"{form.address.typed} - -")
    with runtime.transaction() as connection:
        if complaints.count_since(connection, campaign_id, now - timedelta(days=1)) >= MAX_COMPLAINTS_PER_DAY:
            raise TooManyComplaintsError
        number = complaints.add_complaint(connection, campaign_id, form.name, form.address.typed, form.text, form.language, now)
        facts = {"number": number, "at": now.isoformat(), "due": (now + ANSWER_WITHIN).isoformat()}
        is_acknowledged = is_mailed and not suppressions.suppressed_mailboxes(connection, hashes, now)
        if is_acknowledged:
            outbox.enqueue_campaigner_mail(
                connection, MailKind.COMPLAINT_RECEIVED, now, campaign_id=campaign_id,
                facts={**facts, "sealed": sealed, "language": form.language},
            )  # fmt: skip
        for campaigner_id in complaints.owners_to_tell(connection, campaign_id):
            outbox.enqueue_campaigner_mail(
                connection, MailKind.COMPLAINT_TO_ANSWER, now, campaigner_id=campaigner_id, campaign_id=campaign_id,
                facts=facts | {"is_acknowledged": is_acknowledged}, dedupe_key=f"complaint:{number}:{campaigner_id}",
            )  # fmt: skip
    runtime.enqueue_once(DELIVER_MAIL)
    return number


def list_complaints(runtime: Runtime, campaign_id: int, before_id: int | None) -> tuple[list[Complaint], int | None]:
    """A page of a campaign's complaints, the newest first, and the number that the next page begins below."""
    with runtime.reading() as connection:
        found = complaints.list_complaints(connection, campaign_id, before_id or _NEWEST_ID, PAGE_SIZE + 1)
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def list_all_complaints(runtime: Runtime, before_id: int | None) -> tuple[list[ListedComplaint], int | None]:
    """A page of the complaints of all campaigns."""
    with runtime.reading() as connection:
        found = complaints.list_all(connection, before_id or _NEWEST_ID, PAGE_SIZE + 1)
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def get_complaint(runtime: Runtime, campaign_id: int, complaint_id: int) -> tuple[Complaint, Acknowledgement] | None:
    """A complaint of a campaign, and what became of the mail which says that it has arrived."""
    with runtime.reading() as connection:
        found = complaints.get_complaint(connection, campaign_id, complaint_id)
        if found is None:
            return None
        mail = complaints.find_acknowledgement(connection, found)
    return found, acknowledgement_of(mail, found.created_at, runtime.now())


def close_complaint(runtime: Runtime, actor: Actor, campaign_id: int, complaint_id: int, note: str) -> bool:
    """Close a complaint with a note of what was done. False where it is closed. Raises InvalidInputError about the note."""
    note, now = read_closing_note(note), runtime.now()
    with runtime.transaction() as connection:
        if not complaints.close_complaint(connection, campaign_id, complaint_id, actor.campaigner_id, note, now):
            return False
        # The note may name somebody: the audit trail is for good, and holds that it was closed.
        subject = _AUDIT_SUBJECT % complaint_id
        audit_log.record(connection, actor, "close complaint", now, campaign_id=campaign_id, subject=subject)
    return True


def erase_closed_complaints(runtime: Runtime) -> int:
    """Erase what is personal in complaints closed long ago, a bounded number; returns how many. The clock asks again."""
    now = runtime.now()
    with runtime.transaction() as connection:
        closed_before = now - timedelta(days=CLOSED_COMPLAINT_RETENTION_DAYS)
        return complaints.erase_closed(connection, closed_before, MAX_ERASED_PER_ROUND, now)
