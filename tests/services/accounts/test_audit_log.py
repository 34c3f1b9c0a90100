"""The audit trail: page by page, narrowed, and as a file that no spreadsheet runs."""

import csv
import io
import tracemalloc
from datetime import timedelta
from typing import Any

from campaign.domain.accounts.actor import COMMAND_LINE, SITE, Actor
from campaign.runtime import Runtime
from campaign.services.accounts import audit_log
from campaign.store.accounts import audit_log as stored_log
from campaign.store.accounts import campaigners
from campaign.store.accounts.audit_log import AuditFilter
from tests.support.factories import ManualClock, new_campaign


def record(runtime: Runtime, act: str = "close campaign", actor: Actor = COMMAND_LINE, **more: Any) -> None:
    with runtime.transaction() as connection:
        stored_log.record(connection, actor, act, runtime.now(), **more)


def read(runtime: Runtime, *given: Any) -> list[dict[str, str]]:
    body = b"".join(audit_log.stream_csv(runtime, *given)).decode()
    return list(csv.DictReader(io.StringIO(body, newline="")))


def test_a_trail_is_read_page_by_page_without_a_gap(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    other = new_campaign(runtime, slug="moor")
    for number in range(7):
        record(runtime, campaign_id=campaign.id, subject=str(number))
        record(runtime, campaign_id=other.id, subject="of another")
    seen, before = [], None
    while True:
        page = audit_log.list_entries(runtime, campaign, before_id=before, max_entries=3)
        seen += [entry.subject for entry in page.entries]
        if page.older_id is None:
            break
        before = page.older_id
    assert seen == ["6", "5", "4", "3", "2", "1", "0", "save-the-pond"]
    assert audit_log.list_entries(runtime, None, max_entries=2).slugs_by_id == {campaign.id: "save-the-pond", other.id: "moor"}


def test_a_trail_is_narrowed_by_act_person_and_time(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "m@x.example", "m@x.example", "Mary Seacole", now())
    assert mary is not None
    record(runtime, "pause campaign", Actor("Mary", mary), campaign_id=campaign.id)
    now.advance(hours=1)
    record(runtime, "resume campaign", SITE, campaign_id=campaign.id)
    begun = now() - timedelta(hours=1)

    def found(**wanted: Any) -> list[str]:
        return [entry.action for entry in audit_log.list_entries(runtime, campaign, AuditFilter(**wanted)).entries]

    assert found() == ["resume campaign", "pause campaign", "create campaign"]
    assert found(action="pause campaign") == ["pause campaign"]
    assert found(campaigner_id=mary) == ["pause campaign"]
    assert found(campaigner_id=0) == ["resume campaign", "create campaign"]
    assert found(since=now()) == ["resume campaign"]
    assert found(until=now()) == ["pause campaign", "create campaign"]
    assert found(since=begun, until=now(), action="pause campaign", campaigner_id=mary) == ["pause campaign"]
    offered = audit_log.filter_choices(runtime, campaign)
    assert offered.acts == ["create campaign", "pause campaign", "resume campaign"]
    # By the name they have now; what was done by nobody goes by how it is called.
    assert sorted(offered.campaigners) == [(0, "the site itself"), (mary, "Mary Seacole")]


def test_a_file_holds_the_trail_and_no_formula(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    actor = Actor("=HYPERLINK(1)", 7, "203.0.113.0/24")
    record(
        runtime, "extend campaign", actor, campaign_id=campaign.id, subject="@pond", before={"closes_at": "2026-12-01"},
        after={"closes_at": "2027-01-01"}, reason='+1 "more", \nsaid ＝',
    )  # fmt: skip
    row = read(runtime, campaign)[0]
    assert row == {
        "number": "2", "when": "2026-11-23T12:00:00Z", "who": "'=HYPERLINK(1)", "campaigner": "7", "act": "extend campaign",
        "words": "extended the deadline", "on": "'@pond", "before": '{"closes_at": "2026-12-01"}',
        "after": '{"closes_at": "2027-01-01"}', "reason": "'+1 \"more\", \nsaid ＝", "network": "203.0.113.0/24",
    }  # fmt: skip
    assert [row["act"] for row in read(runtime, campaign, AuditFilter(action="create campaign"))] == ["create campaign"]
    assert b"".join(audit_log.stream_csv(runtime, None, AuditFilter(action="nothing"))).count(b"\r\n") == 1


def test_a_long_trail_leaves_in_pieces(runtime: Runtime) -> None:
    rows = [
        {"campaigner_id": None, "actor_name": "the site itself", "action": "pause campaign",
         "campaign_id": 1, "subject": "x" * 100, "before": {}, "after": {"paused": True},
         "reason": "y" * 250, "network": "", "created_at": runtime.now()}
        for _ in range(10_000)
    ]  # fmt: skip
    with runtime.transaction() as connection:
        connection.execute(stored_log.audit_log.insert(), rows)
    rows.clear()
    tracemalloc.start()
    total = lines = 0
    for piece in audit_log.stream_csv(runtime, None):
        total, lines = total + len(piece), lines + piece.count(b"\r\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == 10_001
    assert total > 4_000_000
    assert peak < 4_000_000
