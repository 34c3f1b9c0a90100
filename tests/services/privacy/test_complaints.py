"""Data-protection complaints: stored, acknowledged by mail, bounded, closed, and erased some time later."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.mail.delivery import Delivery, SuppressionReason
from campaign.domain.privacy.acknowledgement import Acknowledgement, AcknowledgementMail, acknowledgement_of
from campaign.domain.privacy.complaint import CLOSED_COMPLAINT_RETENTION_DAYS, Complaint
from campaign.domain.privacy.complaint_text import MAX_COMPLAINT_LENGTH, read_complaint_text
from campaign.domain.privacy.retention import CAMPAIGNER_MAIL_RETENTION
from campaign.runtime import Runtime
from campaign.services.privacy import complaints as service
from campaign.services.privacy.complaints import ComplaintForm, TooManyComplaintsError
from campaign.store.accounts import campaigners, team
from campaign.store.mail import outbox, suppressions
from campaign.store.privacy import complaints
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.queries import query_rows
from tests.support.servers import MailServer
from tests.support.signatory import run_workers


def form(email: str = "Ada@example.org", network: str = "203.0.113.0/24", **changes: str) -> ComplaintForm:
    plain = {"name": "Ada Lovelace", "text": "I never signed.", "language": "en"} | changes
    return ComplaintForm(plain["name"], read_email_address(email), plain["text"], plain["language"], network)


def add_owner(runtime: Runtime, campaign_id: int, email: str, role: Role = Role.OWNER) -> None:
    with runtime.transaction() as connection:
        owner = campaigners.add_campaigner(connection, email, email, "Mary Seacole", runtime.now())
        assert owner is not None
        team.add_member(connection, campaign_id, owner, role, runtime.now())


def find(runtime: Runtime, campaign_id: int, number: int) -> Complaint:
    found = service.get_complaint(runtime, campaign_id, number)
    assert found is not None
    return found[0]


def acknowledged(runtime: Runtime, campaign_id: int, number: int) -> Acknowledgement:
    found = service.get_complaint(runtime, campaign_id, number)
    assert found is not None
    return found[1]


def words_of(mails: list[EmailMessage]) -> str:
    """Words of the one mail there is."""
    [mail] = mails
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_a_complaint_is_stored_acknowledged_and_told_to_the_owners_alone(
    runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    add_owner(runtime, campaign.id, "mary@campaign.example")
    add_owner(runtime, campaign.id, "viewer@campaign.example", Role.VIEWER)
    number = service.make_complaint(runtime, campaign.id, form())
    run_workers(runtime)
    [acknowledged] = mail.mails_to("Ada@example.org")
    assert acknowledged["Subject"] == "We have your complaint: Save the village pond"
    text = " ".join(acknowledged.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert f"number {number}" in text
    assert "23 December 2026" in text
    # Who types somebody else's address has them read nothing of theirs.
    assert "Ada Lovelace" not in text
    assert "never signed" not in text
    [told] = mail.mails_to("mary@campaign.example")
    assert f"/desk/c/save-the-pond/complaints/{number}" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail.mails_to("viewer@campaign.example") == []
    [listed], older = service.list_complaints(runtime, campaign.id, None)
    assert (listed.name, listed.email, listed.text, older) == ("Ada Lovelace", "Ada@example.org", "I never signed.", None)
    assert listed.days_left(now()) == 30
    now.advance(days=31)
    assert listed.days_left(now()) == -1


def test_an_acknowledgement_is_in_the_language_of_the_person(runtime: Runtime, mail: MailServer) -> None:
    campaign = new_campaign(runtime)
    service.make_complaint(runtime, campaign.id, form(language="cy"))
    run_workers(runtime)
    [acknowledged] = mail.mails_to("Ada@example.org")
    assert acknowledged["Subject"] == "Mae eich cwyn wedi ein cyrraedd: Save the village pond"


def test_no_address_stands_in_the_outbox(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    service.make_complaint(runtime, campaign.id, form())
    rows = query_rows(runtime, "SELECT * FROM outbox")
    assert rows
    assert "ada@" not in str(rows).lower()


def test_strangers_can_send_few_complaints_and_few_mails(runtime: Runtime, mail: MailServer) -> None:
    campaign = new_campaign(runtime)
    for _ in range(service.MAX_COMPLAINTS_PER_NETWORK):
        service.make_complaint(runtime, campaign.id, form())
    with pytest.raises(TooManyComplaintsError):
        service.make_complaint(runtime, campaign.id, form())
    # Another network, and one that is unknown, are not those that have had their share.
    service.make_complaint(runtime, campaign.id, form(network="198.51.100.0/24"))
    for _ in range(service.MAX_COMPLAINTS_PER_NETWORK + 1):
        service.make_complaint(runtime, campaign.id, form(network=""))
    run_workers(runtime)
    assert len(mail.mails_to("Ada@example.org")) == service.MAX_MAILS_PER_MAILBOX


def test_a_campaign_takes_so_many_complaints_a_day_also_without_redis(
    runtime: Runtime, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        for _ in range(service.MAX_COMPLAINTS_PER_DAY):
            complaints.add_complaint(connection, campaign.id, "Ada", "ada@example.org", "No.", "en", runtime.now())
    with pytest.raises(TooManyComplaintsError):
        service.make_complaint(runtime, campaign.id, form(network=""))
    now.advance(days=1, seconds=1)
    service.make_complaint(runtime, campaign.id, form(network=""))


def test_a_suppressed_mailbox_gets_no_mail_and_the_complaint_counts_all_the_same(runtime: Runtime, mail: MailServer) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        mailbox = runtime.tokens.mailbox_hash(read_email_address("Ada@example.org").key)
        suppressions.suppress(connection, mailbox, SuppressionReason.REQUEST, runtime.now())
    service.make_complaint(runtime, campaign.id, form())
    run_workers(runtime)
    assert mail.mails_to("Ada@example.org") == []
    assert len(service.list_complaints(runtime, campaign.id, None)[0]) == 1


def test_owners_are_told_whether_the_person_is(runtime: Runtime, mail: MailServer, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    add_owner(runtime, campaign.id, "mary@campaign.example")
    number = service.make_complaint(runtime, campaign.id, form())
    assert acknowledged(runtime, campaign.id, number) is Acknowledgement.OWED
    run_workers(runtime)
    assert "An email to them says that it has arrived" in words_of(mail.mails_to("mary@campaign.example"))
    assert acknowledged(runtime, campaign.id, number) is Acknowledgement.SENT
    mail.delivered.clear()
    with runtime.transaction() as connection:
        mailbox = runtime.tokens.mailbox_hash(read_email_address("Ada@example.org").key)
        suppressions.suppress(connection, mailbox, SuppressionReason.REQUEST, runtime.now())
    # At the same moment: each is told of by its own mail.
    silent = service.make_complaint(runtime, campaign.id, form())
    other = service.make_complaint(runtime, campaign.id, form("eve@example.org"))
    run_workers(runtime)
    told = [words_of([each]) for each in mail.mails_to("mary@campaign.example")]
    assert sorted("No email of ours tells them that it has arrived, so please do." in each for each in told) == [False, True]
    assert acknowledged(runtime, campaign.id, silent) is Acknowledgement.FAILED
    assert acknowledged(runtime, campaign.id, other) is Acknowledgement.SENT
    # What mails became of is kept for 30 days.
    now.at += CAMPAIGNER_MAIL_RETENTION
    now.advance(seconds=1)
    with runtime.transaction() as connection:
        outbox.delete_settled(connection, now() - CAMPAIGNER_MAIL_RETENTION)
    assert {acknowledged(runtime, campaign.id, each) for each in (number, silent, other)} == {Acknowledgement.UNKNOWN}


@pytest.mark.parametrize(
    ("state", "delivery", "became"),
    [
        ("owed", Delivery.NOT_KNOWN, Acknowledgement.OWED),
        ("sent", Delivery.NOT_KNOWN, Acknowledgement.SENT),
        ("sent", Delivery.DELIVERED, Acknowledgement.SENT),
        ("sent", Delivery.COMPLAINT, Acknowledgement.SENT),
        ("sent", Delivery.SOFT_BOUNCE, Acknowledgement.FAILED),
        ("sent", Delivery.HARD_BOUNCE, Acknowledgement.FAILED),
        ("unknown", Delivery.NOT_KNOWN, Acknowledgement.UNKNOWN),
        ("unknown", Delivery.DELIVERED, Acknowledgement.SENT),
        ("unknown", Delivery.COMPLAINT, Acknowledgement.SENT),
        ("unknown", Delivery.HARD_BOUNCE, Acknowledgement.FAILED),
        ("refused", Delivery.NOT_KNOWN, Acknowledgement.FAILED),
        ("dropped", Delivery.NOT_KNOWN, Acknowledgement.FAILED),
    ],
)
def test_what_became_of_an_acknowledgement_follows_from_its_mail(
    state: str, delivery: Delivery, became: Acknowledgement
) -> None:
    mail = AcknowledgementMail(state, delivery)
    assert acknowledgement_of(mail, START_TIME, START_TIME + timedelta(days=400)) is became


def test_a_complaint_is_closed_once_with_a_note(runtime: Runtime) -> None:
    campaign, other = new_campaign(runtime), new_campaign(runtime, slug="other")
    number = service.make_complaint(runtime, campaign.id, form())
    with pytest.raises(InvalidInputError):
        service.close_complaint(runtime, COMMAND_LINE, campaign.id, number, " \n")
    assert not service.close_complaint(runtime, COMMAND_LINE, other.id, number, "Answered.")
    assert service.close_complaint(runtime, COMMAND_LINE, campaign.id, number, "Answered.")
    assert not service.close_complaint(runtime, COMMAND_LINE, campaign.id, number, "Answered again.")
    closed = find(runtime, campaign.id, number)
    assert closed.note == "Answered."
    assert closed.closed_at == runtime.now()


def test_what_is_personal_in_a_closed_complaint_is_erased_after_a_time(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    closed, left_open = (service.make_complaint(runtime, campaign.id, form()) for _ in range(2))
    service.close_complaint(runtime, COMMAND_LINE, campaign.id, closed, "Told Ada Lovelace.")
    for days, erased in ((CLOSED_COMPLAINT_RETENTION_DAYS, 0), (1, 1), (0, 0)):
        now.advance(days=days)
        assert service.erase_closed_complaints(runtime) == erased
    found = find(runtime, campaign.id, closed)
    assert (found.name, found.email, found.text, found.note, found.erased_at) == ("", "", "", "", now())
    assert find(runtime, campaign.id, left_open).name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  It was\r\nnot me. ", "It was\nnot me."),
        ("nul\x00 and \u200bspace and \ud800surrogate", "nul and space and surrogate"),
        ("see https://example.org", "see https://example.org"),
        ("x" * MAX_COMPLAINT_LENGTH, "x" * MAX_COMPLAINT_LENGTH),
    ],
)  # fmt: skip
def test_a_complaint_is_taken_as_it_is_typed(typed: str, read: str) -> None:
    assert read_complaint_text(typed) == read


@pytest.mark.parametrize("typed", ["", " \n", "\x00", "x" * (MAX_COMPLAINT_LENGTH + 1)])
def test_a_complaint_that_says_nothing_or_too_much_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_complaint_text(typed)
