"""Many at once, on real connections: what must be one stays one."""

import threading
from collections import Counter
from collections.abc import Callable

from flask import Flask

from campaign.runtime import Runtime
from campaign.services.ledger import count
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import query_rows, query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, public_count, run_workers
from workers import clock
from workers.ledger import LedgerJobs
from workers.mail import Mailer


def run_concurrently(actions: list[Callable[[], object]]) -> list[object]:
    """Do all of them at the same moment, each in a thread; returns what each returned, or raises what one raised."""
    start, results, errors = threading.Barrier(len(actions)), [None] * len(actions), []

    def run(position: int, action: Callable[[], object]) -> None:
        start.wait()
        try:
            results[position] = action()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i, action)) for i, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


SPELLINGS = (
    "ada.lovelace@gmail.com",
    "Ada.Lovelace@Gmail.com",
    "adalovelace+nhs@gmail.com",
    "ADALOVELACE@googlemail.com",
    "a.d.a.lovelace@GMAIL.COM",
)


def test_fifty_simultaneous_posts_of_one_mailbox_make_one_signature(app: Flask, runtime: Runtime, mail: MailServer) -> None:
    new_campaign(runtime)
    people = [Signatory(app, mail, email=SPELLINGS[i % len(SPELLINGS)]) for i in range(50)]
    answers = run_concurrently([person.sign for person in people])
    assert Counter(answer.status_code for answer in answers) == {303: 50}  # type: ignore[attr-defined]
    assert query_scalar(runtime, "SELECT count(*) FROM signatures") == 1
    # The mails not yet sent are one promise; none of the fifty is answered differently.
    assert query_scalar(runtime, "SELECT count(*) FROM outbox") == 1
    run_workers(runtime)
    assert len(mail.delivered) == 1


def test_forty_simultaneous_presses_of_one_link_count_once(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    path = ada.verify_path()
    answers = run_concurrently([lambda: app.test_client().post(path) for _ in range(40)])
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/c/save-the-pond/thanks")}  # type: ignore[attr-defined]
    run_workers(runtime)
    assert public_count(app) == 1
    assert query_scalar(runtime, "SELECT count(*) FROM ledger") == 1
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'thank_you'") == 1


def test_presses_and_withdrawals_at_once_leave_a_ledger_that_adds_up(app: Flask, runtime: Runtime, mail: MailServer) -> None:
    campaign = new_campaign(runtime)
    people = [Signatory(app, mail, email=f"person{i}@example.org", name=f"Person {chr(65 + i)}") for i in range(8)]
    for person in people:
        person.sign()
    run_workers(runtime)
    for person in people:
        person.confirm()
    run_workers(runtime)
    acts: list[Callable[[], object]] = []
    for person in people[:4]:
        acts += [person.withdraw, person.confirm]
    acts += [lambda: count.advance_ledgers(runtime) for _ in range(4)]
    run_concurrently(acts)
    run_workers(runtime)
    found = count.reconcile_campaign(runtime, campaign)
    assert found.consistent
    assert (found.verified, found.uncounted) == (4, 0)
    assert public_count(app) == 4


def test_two_workers_and_two_clocks_at_once_send_every_mail_once_and_keep_the_ledger_gapless(
    app: Flask, runtime: Runtime, mail: MailServer, make_runtime: Callable[..., Runtime]
) -> None:
    campaign = new_campaign(runtime)
    people = [Signatory(app, mail, email=f"person{i}@example.org") for i in range(60)]
    for person in people:
        person.sign()

    # Each has a world of its own, as processes on different machines have.
    acts: list[Callable[[], object]] = []
    for _ in range(2):
        theirs = make_runtime(mail_url=mail.url, connections=2)
        postman, bookkeeper = Mailer(theirs, gather_seconds=0), LedgerJobs(theirs, round_interval_seconds=0)
        acts.append(lambda postman=postman: [postman.deliver() for _ in range(4)])  # type: ignore[misc]
        acts.append(lambda bookkeeper=bookkeeper: [bookkeeper.advance() for _ in range(4)])  # type: ignore[misc]
        acts.append(lambda theirs=theirs: [clock.tick(theirs, {}, 1.0) for _ in range(4)])  # type: ignore[misc]
    run_concurrently(acts)
    assert Counter(m.recipient for m in mail.delivered) == {person.email: 1 for person in people}
    for person in people:
        person.confirm()
    run_concurrently(acts)
    run_workers(runtime)
    assert Counter(m.recipient for m in mail.delivered) == {person.email: 2 for person in people}
    entries = query_rows(runtime, "SELECT sequence, total FROM ledger ORDER BY sequence")
    assert [tuple(entry) for entry in entries] == [(n, n) for n in range(1, 61)]
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_resubmitting_is_the_resend_and_one_mailbox_gets_a_bounded_number_over_all_campaigns(
    make_runtime: Callable[..., Runtime], mail: MailServer, now: ManualClock
) -> None:
    runtime = make_runtime(mail_url=mail.url, mailbox_limit=5, mail_reminders=False)
    app = make_app(runtime)
    for n in range(3):
        new_campaign(runtime, slug=f"campaign-{n}")
    for n in range(3):
        ada = Signatory(app, mail, slug=f"campaign-{n}")
        for _ in range(4):
            assert ada.sign().status_code == 303
            run_workers(runtime)
    assert len(mail.mails_to("ada@example.org")) == 5
    # The window passes; nothing is burnt for ever.
    now.advance(hours=25)
    assert Signatory(app, mail, slug="campaign-2").sign().status_code == 303
    run_workers(runtime)
    assert len(mail.mails_to("ada@example.org")) == 6
