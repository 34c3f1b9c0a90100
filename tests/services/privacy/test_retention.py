"""End of personal data: announced, carried out in steps, and everything that the count stands on stays sound."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.privacy.retention import ANNOUNCED_BEFORE, WITHDRAWN_RETENTION, add_months
from campaign.domain.signatures.filters import Filters
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.ledger import count
from campaign.services.log.reconcile import reconcile_tree
from campaign.services.moderation import removals
from campaign.services.privacy import retention
from campaign.services.signatures import sign
from campaign.services.site import switches
from campaign.store.accounts import campaigners, team
from campaign.store.database import residue
from campaign.store.exports import exports
from campaign.store.exports.exports import ExportState
from campaign.store.moderation import batches
from campaign.store.signatures import saved_filters
from campaign.store.tables import metadata
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.finished_exports import finished_export
from tests.support.queries import query_rows, query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

SECRETS = ("Xanthippe", "xylophone", "ZZ9 9ZZ", "quetzalcoatl", "203.0.113.0", "vexillology")
"""What is personal in the signatures below, in parts: name, address, postcode, comment, network, reason."""

KEPT_WHOLE = ("ledger", "tallies", "certificates", "area_tallies", "place_tallies", "country_tallies", "log_hours", "log_tiles")


def sign_and_verify(runtime: Runtime, campaign: Campaign, number: int, *, verified: bool = True) -> int:
    form = sign_form_data(
        f"xylophone{number}@xylophone.example", name=f"Xanthippe {chr(65 + number % 26)}", postcode="ZZ9 9ZZ",
        comment="quetzalcoatl", network="203.0.113.0/24", public=True, updates=True, updates_wording="2026-11",
        source="leaflet",
    )  # fmt: skip
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, form)
    found: int = query_scalar(runtime, "SELECT max(id) FROM signatures")
    if verified:
        sign.verify_signature(runtime, verify_link_of(runtime, found))
    return found


def add_owner(runtime: Runtime, campaign: Campaign, email: str = "mary@campaign.example") -> int:
    with runtime.transaction() as connection:
        owner = campaigners.add_campaigner(connection, email, email, "Mary Seacole", runtime.now())
        assert owner is not None
        team.add_member(connection, campaign.id, owner, Role.OWNER, runtime.now())
    return owner


def all_rows(runtime: Runtime) -> Iterator[str]:
    with runtime.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                yield f"{table.name}: {tuple(row)}"


def rows_with_secrets(runtime: Runtime) -> list[str]:
    """What is left of it. The audit trail keeps the reason of a removal for good; it is to name nobody."""
    rows = (row for row in all_rows(runtime) if not row.startswith("audit_log"))
    return [row for row in rows if any(secret in row for secret in SECRETS)]


def finish_campaign(runtime: Runtime, now: ManualClock) -> None:
    """Let the deadline and the grace pass, and everything be counted and certified."""
    now.advance(days=32)
    run_workers(runtime)


def assert_sound(runtime: Runtime, campaign: Campaign) -> None:
    found = count.reconcile_campaign(runtime, campaign)
    assert found.total_drift == 0, found
    assert reconcile_tree(runtime) == 0


@pytest.fixture
def signed(runtime: Runtime, now: ManualClock) -> Campaign:
    """A campaign whose grace is over: three that count, one withdrawn, one invalidated, one never verified."""
    campaign = new_campaign(runtime)
    add_owner(runtime, campaign)
    numbers = [sign_and_verify(runtime, campaign, number) for number in range(5)]
    sign_and_verify(runtime, campaign, 5, verified=False)
    run_workers(runtime)
    sign.withdraw_signature(runtime, numbers[0])
    removals.invalidate_signature(runtime, COMMAND_LINE, numbers[1], RemovalKind.PROGRAM, "vexillology")
    run_workers(runtime)
    finish_campaign(runtime, now)
    found = create_and_find.get_by_slug(runtime, campaign.slug)
    assert found is not None
    assert found.final_total == 3
    return found


def test_the_team_is_told_a_fortnight_ahead_and_then_all_that_is_personal_is_destroyed(
    runtime: Runtime, signed: Campaign, mail: MailServer, now: ManualClock
) -> None:
    end = add_months(signed.window.closes_at, runtime.settings.retention_months)
    now.at = end - ANNOUNCED_BEFORE - timedelta(seconds=1)
    assert retention.run_due_retention(runtime).announced == 0
    now.advance(seconds=1)
    assert retention.run_due_retention(runtime).announced == 1
    run_workers(runtime)
    told = [one for one in mail.mails_to("mary@campaign.example") if "destroyed" in str(one["Subject"])]
    assert len(told) == 1
    assert "/desk/c/save-the-pond/data" in str(told[0].get_body(("plain",)))
    now.at = end - timedelta(seconds=1)
    assert retention.run_due_retention(runtime).finished == ()
    assert rows_with_secrets(runtime)
    before = {table: numbers_of(runtime, table) for table in KEPT_WHOLE}
    now.advance(seconds=1)
    done = retention.run_due_retention(runtime)
    assert done.finished == (signed.slug,)
    assert rows_with_secrets(runtime) == []
    assert {table: numbers_of(runtime, table) for table in before} == before
    plan = retention.get_plan(runtime, signed.id)
    # The withdrawn one was erased sooner, the one that was never verified is deleted.
    assert (plan.finished_at, plan.erased_signatures) == (now(), 4)
    assert_sound(runtime, signed)
    # Nothing that is left can confirm a guess.
    with runtime.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM log_leaves WHERE salt IS NOT NULL")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM outbox WHERE signature_id IS NOT NULL")).scalar_one() == 0
    again = retention.run_due_retention(runtime)
    assert (again.erased, again.finished, again.announced, again.is_finished) == (0, (), 0, True)


def numbers_of(runtime: Runtime, table: str) -> list[tuple[Any, ...]]:
    with runtime.reading() as connection:
        return sorted((tuple(row) for row in connection.execute(metadata.tables[table].select())), key=str)


def test_a_campaign_stays_sound_at_every_step_of_it(
    runtime: Runtime, signed: Campaign, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MAX_SIGNATURES_PER_STEP", 2)
    now.at = add_months(signed.window.closes_at, runtime.settings.retention_months)
    retention.run_due_retention(runtime)
    now.advance(days=14)
    rounds = 0
    # Each round has time for one step.
    while retention.get_plan(runtime, signed.id).finished_at is None:
        retention.run_due_retention(runtime, seconds=0.000_001)
        plan = retention.get_plan(runtime, signed.id)
        if plan.finished_at is None and plan.started_at is not None:
            retention._erase_some(runtime, plan)
        assert_sound(runtime, signed)
        rounds += 1
        assert rounds < 20
        if rounds > 6:
            retention.run_due_retention(runtime)
    assert rows_with_secrets(runtime) == []


def test_what_was_not_announced_is_not_destroyed_however_late_it_is(
    runtime: Runtime, signed: Campaign, now: ManualClock
) -> None:
    now.at = add_months(signed.window.closes_at, 40)
    assert retention.get_plan(runtime, signed.id).expected_end(now()) == now() + ANNOUNCED_BEFORE
    assert retention.run_due_retention(runtime).announced == 1
    now.advance(days=13, hours=23)
    assert retention.run_due_retention(runtime).finished == ()
    now.advance(hours=1)
    assert retention.run_due_retention(runtime).finished == (signed.slug,)


def test_a_campaign_that_runs_or_a_site_that_is_read_only_keeps_everything(
    runtime: Runtime, signed: Campaign, now: ManualClock
) -> None:
    running = new_campaign(runtime, slug="running", closes_at=now() + timedelta(days=3_000))
    sign_and_verify(runtime, running, 1)
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
    now.advance(days=1_000)
    assert retention.run_due_retention(runtime).announced == 0
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
    assert retention.run_due_retention(runtime).announced == 1
    now.advance(days=14)
    assert retention.run_due_retention(runtime).finished == (signed.slug,)
    assert any("Xanthippe" in row for row in all_rows(runtime))


def test_exports_searches_flags_and_the_words_of_batches_go_too(runtime: Runtime, signed: Campaign, now: ManualClock) -> None:
    owner = add_owner(runtime, signed, "ida@campaign.example")
    now.at = add_months(signed.window.closes_at, runtime.settings.retention_months)
    retention.run_due_retention(runtime)
    now.advance(days=14)
    export = finished_export(runtime, signed.id, owner)
    with runtime.transaction() as connection:
        saved_filters.save_filter(connection, owner, signed.id, "Xanthippe", {"name": "Xanthippe"}, now())
        selection = SignatureSelection(Filters(address="xylophone1@xylophone.example"))
        batch = batches.create(connection, signed.id, None, selection, RemovalKind.PROGRAM, "vexillology", 0, 2**62, now())
    assert retention.run_due_retention(runtime).finished == (signed.slug,)
    assert rows_with_secrets(runtime) == []
    with runtime.reading() as connection:
        assert exports.get(connection, export) is None
        found = batches.get(connection, batch)
    assert found is not None
    assert found.selection == SignatureSelection(Filters())
    run_workers(runtime)
    assert query_scalar(runtime, "SELECT count(*) FROM export_parts") == 0
    assert ExportState.DELETED


def test_months_are_chosen_within_the_limits_of_the_site(runtime: Runtime, signed: Campaign, now: ManualClock) -> None:
    for wrong in (0, -1, runtime.settings.retention_months_max + 1):
        with pytest.raises(InvalidInputError):
            retention.set_months(runtime, COMMAND_LINE, signed.id, wrong)
    shorter = retention.set_months(runtime, COMMAND_LINE, signed.id, 3)
    assert shorter is not None
    assert shorter.ends_at == add_months(signed.window.closes_at, 3)
    now.at = shorter.ends_at - timedelta(days=10)
    assert retention.run_due_retention(runtime).announced == 1
    # Announced late: a fortnight all the same.
    assert retention.get_plan(runtime, signed.id).ends_at == now() + ANNOUNCED_BEFORE
    # A later end is announced again.
    later = retention.set_months(runtime, COMMAND_LINE, signed.id, 24)
    assert later is not None
    assert later.announced_at is None
    assert retention.run_due_retention(runtime).announced == 0
    now.at = later.ends_at
    retention.run_due_retention(runtime)
    now.advance(days=14)
    assert retention.run_due_retention(runtime).finished == (signed.slug,)
    assert retention.set_months(runtime, COMMAND_LINE, signed.id, 12) is None


def test_a_withdrawn_signature_loses_its_details_after_a_month(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    kept, withdrawn = (sign_and_verify(runtime, campaign, number) for number in range(2))
    run_workers(runtime)
    sign.withdraw_signature(runtime, withdrawn)
    run_workers(runtime)
    now.advance(days=WITHDRAWN_RETENTION.days)
    assert retention.run_due_retention(runtime).erased == 0
    now.advance(seconds=1)
    assert retention.run_due_retention(runtime).erased == 1
    names = query_rows(runtime, "SELECT id, name, email FROM signatures ORDER BY id")
    assert names[0].name.startswith("Xanthippe")
    assert (names[1].name, names[1].email) == ("erased", "")
    assert kept == names[0].id
    assert_sound(runtime, campaign)


def test_an_address_whose_withdrawn_signature_is_erased_can_sign_again_and_counts_once(
    runtime: Runtime, now: ManualClock
) -> None:
    campaign = new_campaign(runtime, closes_at=now() + timedelta(days=100))
    first = sign_and_verify(runtime, campaign, 1)
    run_workers(runtime)
    sign.withdraw_signature(runtime, first)
    run_workers(runtime)
    now.advance(days=31)
    retention.run_due_retention(runtime)
    assert sign_and_verify(runtime, campaign, 1) != first
    run_workers(runtime)
    assert count.reconcile_campaign(runtime, campaign).verified == 1
    assert_sound(runtime, campaign)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite_nothing_of_it_is_left_in_the_files(
    runtime: Runtime, signed: Campaign, now: ManualClock, database: str
) -> None:
    path = Path(database.removeprefix("sqlite:///"))

    def found() -> set[str]:
        files = [one.read_bytes() for one in path.parent.glob(f"{path.name}*")]
        return {secret for secret in SECRETS if any(re.search(re.escape(secret).encode(), octets, re.I) for octets in files)}

    # Networks were cleared before. The audit trail has the reason of a removal, for good.
    assert found() == set(SECRETS) - {"203.0.113.0"}
    now.at = add_months(signed.window.closes_at, runtime.settings.retention_months)
    retention.run_due_retention(runtime)
    now.advance(days=14)
    assert retention.run_due_retention(runtime).finished == (signed.slug,)
    assert found() - {"vexillology"} == set()


def test_a_reader_in_the_way_puts_the_end_off_and_does_not_lose_it(
    runtime: Runtime, signed: Campaign, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now.at = add_months(signed.window.closes_at, runtime.settings.retention_months)
    retention.run_due_retention(runtime)
    now.advance(days=14)
    with monkeypatch.context() as hindered:
        hindered.setattr(residue, "empty_write_ahead_log", lambda _: False)
        assert retention.run_due_retention(runtime).finished == ()
    assert retention.run_due_retention(runtime).finished == (signed.slug,)


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [
        ((2027, 1, 31), 1, (2027, 2, 28)),
        ((2027, 1, 31), 13, (2028, 2, 29)),
        ((2026, 12, 23), 12, (2027, 12, 23)),
        ((2026, 12, 1), 1, (2027, 1, 1)),
    ],
)
def test_months_are_those_of_the_calendar(at: tuple[int, int, int], months: int, then: tuple[int, int, int]) -> None:
    assert add_months(datetime(*at, 12, tzinfo=UTC), months) == datetime(*then, 12, tzinfo=UTC)
