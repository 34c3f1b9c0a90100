"""Long work of every kind, each in a site of its own, and a few rows of it: of three campaigns, or of one in several steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.privacy.retention import WITHDRAWN_RETENTION
from campaign.domain.signatures.filters import Filters
from campaign.jobs import (
    ADVANCE_LEDGER,
    CLOSE_CAMPAIGNS,
    COLLECT_BOUNCES,
    ERASE_PERSONAL_DATA,
    FORGET_NETWORKS,
    LOOK_UP_PLACES,
    MAKE_EXPORTS,
    PUBLISH_UPDATES,
    RECONCILE,
    RUN_BATCHES,
    SEND_REMINDERS,
    UNDO_INTAKES,
    JobSpec,
)
from campaign.runtime import Runtime
from campaign.services.exports import build
from campaign.services.ledger import count, finalise, grace
from campaign.services.log import append
from campaign.services.mail import bounces, reminders
from campaign.services.moderation import batches
from campaign.services.paper import undo
from campaign.services.places import postcode_lookup
from campaign.services.privacy import retention
from campaign.services.signatures import retention as networks
from campaign.services.signatures.sign import sign_campaign, withdraw_signature
from campaign.services.updates import mailing, write
from campaign.store.accounts import campaigners
from campaign.store.exports import export_jobs, exports
from campaign.store.ledger import ledger as stored_ledger
from campaign.store.mail import outbox
from tests.services.mail.test_delivery_events import reference
from tests.services.paper.test_import_list import take
from tests.services.updates.test_updates import MARY, add_signatures, draft, publish
from tests.support.bounce_samples import QMAIL
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.finished_exports import finished_export
from tests.support.imap_server import ImapServer
from tests.support.stored_signatures import store_signatures
from workers import clock, ledger, reconcile

PER_CAMPAIGN = 3
"""Signatures of each campaign."""


@dataclass(frozen=True)
class Site:
    """Site with something to do."""

    runtime: Runtime
    now: ManualClock
    imap: ImapServer


@dataclass(frozen=True)
class LongWork:
    """Work that may take longer than one job."""

    job: JobSpec
    modules: tuple[ModuleType, ...]
    """What has a time budget."""
    prepare: Callable[[Site], None]
    one_a_step: tuple[tuple[ModuleType, str], ...]
    """Constants that say how much a step does."""
    faults: tuple[str, ...] = ()
    """What fails for ever, of the first of several: `event ON table WHEN condition`, each alone."""
    ask_again: Callable[[Runtime], None] | None = None
    """The clock's task, where the job itself does not ask for the rest."""


def ponds(site: Site, **changes: Any) -> list[Campaign]:
    return [new_campaign(site.runtime, slug=f"pond-{number}", **changes) for number in range(1, 4)]


def signed(site: Site, domain: str = "burst.example", **changes: Any) -> list[Campaign]:
    """Campaigns with signatures that are verified and counted."""
    made = ponds(site)
    for pond in made:
        rows = [{"email": f"p{number}@{domain}"} | changes for number in range(PER_CAMPAIGN)]
        store_signatures(site.runtime, pond, rows)
    count.advance_ledgers(site.runtime)
    return made


def pending(site: Site) -> list[Campaign]:
    """Campaigns with signatures that wait for their verification; the mail is sent."""
    made = ponds(site)
    for pond in made:
        for number in range(PER_CAMPAIGN):
            sign_campaign(site.runtime, pond.id, pond.text.hash, sign_form_data(f"p{number}@pond{pond.id}.example"))
    count.advance_ledgers(site.runtime)
    with site.runtime.transaction() as connection:
        for claim in outbox.claim_mails(connection, site.now(), timedelta(seconds=60), 100):
            outbox.mark_sent(connection, [claim], site.now())
    return made


def with_batches(site: Site) -> None:
    for pond in signed(site):
        rule = SignatureSelection(Filters(domain="burst.example"))
        batches.start_batch(site.runtime, COMMAND_LINE, pond, rule, RemovalKind.PROGRAM, "a script", 0)


def with_intakes(site: Site) -> None:
    for pond in ponds(site):
        people = b"".join(b"Person %d,LS1 4AP,p%d@example.org\n" % (number, number) for number in range(PER_CAMPAIGN))
        taken = undo.get_intake(site.runtime, pond, take(site.runtime, pond, b"Name,Postcode,Email\n" + people).intake_id)
        assert taken is not None
        assert undo.undo_intake(site.runtime, COMMAND_LINE, pond, taken, "The wrong list", confirmed=True)


def with_reminders_due(site: Site) -> None:
    pending(site)
    site.now.advance(hours=25)


def with_updates(site: Site) -> None:
    """One that is mailed, and two whose time has come."""
    first, *others = ponds(site)
    for pond in (first, *others):
        add_signatures(site.runtime, pond, PER_CAMPAIGN)
    publish(site.runtime, first)
    for pond in others:
        write.schedule_update(site.runtime, MARY, pond, draft(site.runtime, pond), site.now() + timedelta(hours=2))
    site.now.advance(hours=3)


def with_campaigns_over(site: Site) -> None:
    for pond in pending(site):
        store_signatures(site.runtime, pond, [{}])
    count.advance_ledgers(site.runtime)
    site.now.advance(days=40)


def with_personal_data_over(site: Site) -> None:
    """All of it announced and due for more than a day, so that none waits for the others."""
    made = signed(site)
    assert withdraw_signature(site.runtime, 1)
    store_signatures(site.runtime, made[1], [{"state": "withdrawn", "ended_at": site.now()}])
    count.advance_ledgers(site.runtime)
    site.now.advance(days=40)
    count.advance_ledgers(site.runtime)
    count.count_verification_mails(site.runtime)
    assert len(finalise.finalise_due_campaigns(site.runtime)) == len(made)
    finalise.delete_unverified(site.runtime)
    site.now.advance(days=WITHDRAWN_RETENTION.days + 31 * site.runtime.settings.retention_months)
    with site.runtime.transaction() as connection:
        for plan in retention.retention.unfinished_plans(connection, 0, 100, *retention._limits(site.runtime)):
            retention.retention.mark_announced(connection, plan.campaign_id, site.now())
    site.now.advance(days=16)


def with_bounces(site: Site) -> None:
    pending(site)
    for mail_id in range(1, 3 * PER_CAMPAIGN + 1):
        name = reference(site.runtime, mail_id).replace("_", ".")
        site.imap.add(QMAIL.replace("REF@", f"{name}@").encode())


def with_old_networks(site: Site) -> None:
    signed(site, network="203.0.113.0/24")
    site.now.advance(days=31)


def with_expired_parts(site: Site) -> None:
    pond = new_campaign(site.runtime)
    with site.runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "mary@campaign.example", "mary@campaign.example", "Mary", site.now())
    assert mary is not None
    for _ in range(2):
        number = finished_export(site.runtime, pond.id, mary)
        with site.runtime.transaction() as connection:
            found = exports.get(connection, number)
            assert found is not None
            export_jobs.add_parts(connection, found, 1, [b"a part", b"another"])
    site.now.advance(days=30)


def with_unplaced(site: Site) -> None:
    for pond, area in zip(signed(site, postcode=""), ("CF10", "LS1", "N1"), strict=True):
        rows = [{"postcode": f"{area} {number}AA"} for number in range(1, PER_CAMPAIGN + 1)]
        store_signatures(site.runtime, pond, rows)
    count.advance_ledgers(site.runtime)


def with_uncounted(site: Site) -> None:
    for pond in ponds(site):
        store_signatures(site.runtime, pond, [{}] * PER_CAMPAIGN)


def ask_to_count(runtime: Runtime) -> None:
    """As the clock asks, but for the checkpoint, which waits for a second to pass."""
    with runtime.reading() as connection:
        if stored_ledger.has_uncounted(connection):
            runtime.enqueue_once(ADVANCE_LEDGER)


def with_counts(site: Site) -> None:
    signed(site)
    append.advance_log(site.runtime)


LONG_WORK = (
    LongWork(
        RUN_BATCHES, (batches,), with_batches, ((batches, "MAX_SIGNATURES_PER_STEP"),), ("UPDATE ON batches WHEN NEW.id = 1",)
    ),
    LongWork(
        UNDO_INTAKES, (undo,), with_intakes, ((undo, "MAX_SIGNATURES_PER_STEP"),), ("UPDATE ON intakes WHEN NEW.id = 1",)
    ),
    LongWork(
        SEND_REMINDERS, (reminders,), with_reminders_due, ((reminders, "STEP_SIZE"),),
        ("INSERT ON outbox WHEN NEW.signature_id = 1",),
    ),
    LongWork(
        PUBLISH_UPDATES, (mailing,), with_updates, ((mailing, "MAX_MAILS_PER_STEP"),),
        ("UPDATE ON updates WHEN NEW.id = 1",),
    ),
    LongWork(
        CLOSE_CAMPAIGNS, (finalise, grace), with_campaigns_over, ((finalise, "MAX_DELETED_PER_TRANSACTION"),),
        ("UPDATE ON campaigns WHEN NEW.id = 1", "DELETE ON signatures WHEN OLD.campaign_id = 1"), clock.enqueue_closing,
    ),
    LongWork(
        ERASE_PERSONAL_DATA, (retention,), with_personal_data_over, ((retention, "MAX_SIGNATURES_PER_STEP"),),
        ("UPDATE ON signatures WHEN NEW.campaign_id = 1",),
    ),
    LongWork(COLLECT_BOUNCES, (bounces,), with_bounces, (), ("UPDATE ON outbox WHEN NEW.id = 1",)),
    LongWork(FORGET_NETWORKS, (networks,), with_old_networks, ((networks, "MAX_SIGNATURES_PER_TRANSACTION"),)),
    LongWork(MAKE_EXPORTS, (build,), with_expired_parts, ((build, "_MAX_PARTS_PER_TRANSACTION"),)),
    LongWork(LOOK_UP_PLACES, (postcode_lookup,), with_unplaced, ((postcode_lookup, "MAX_SIGNATURES_PER_TRANSACTION"),)),
    LongWork(
        ADVANCE_LEDGER, (ledger, count, append), with_uncounted,
        (
            (count, "MAX_SIGNATURES_PER_TRANSACTION"),
            (append, "MAX_CAMPAIGNS_PER_TRANSACTION"), (append, "MAX_ENTRIES_PER_TRANSACTION"),
        ),
        ("UPDATE ON tallies WHEN NEW.campaign_id = 1",), ask_to_count,
    ),
    LongWork(RECONCILE, (reconcile,), with_counts, ()),
)  # fmt: skip
