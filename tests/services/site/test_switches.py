"""Switches of the whole site: they act at once, everywhere, under load, without Redis, and leave nothing behind when off."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.site.switch import MAX_SWITCH_MESSAGE_LENGTH, Switch, Switches, read_switch_message
from campaign.runtime import Runtime
from campaign.services.ledger import count, finalise
from campaign.services.signatures import sign
from campaign.services.signatures.sign import NotOpenError, VerifyOutcome
from campaign.services.site import switches
from campaign.store.accounts import audit_log
from campaign.store.redis import campaign_cache, switch_cache
from tests.support.desk_client import new_campaigner
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import query_scalar
from tests.support.servers import RedisServer
from workers import clock


def signatures(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM signatures"))


def test_nothing_is_on_that_was_never_thrown(runtime: Runtime) -> None:
    assert switches.current_switches(runtime) == Switches()
    assert [(position.switch, position.on, position.changed_at) for position in switches.list_positions(runtime)] == [
        (switch, False, None) for switch in Switch
    ]


def test_a_throw_says_who_and_when_and_is_written_down(runtime: Runtime, app: object, now: ManualClock) -> None:
    ida = new_campaigner(runtime, app, name="Ida Rhodes", operator=True)  # type: ignore[arg-type]
    actor = Actor("Ida Rhodes", ida.id, "203.0.113.0/24")
    assert switches.set_switch(runtime, actor, Switch.PAUSE_SIGNING, on=True, message="Back at noon.")
    assert not switches.set_switch(runtime, actor, Switch.PAUSE_SIGNING, on=True, message="Back at noon.")
    position = switches.list_positions(runtime)[0]
    assert (position.on, position.message, position.changed_by, position.changed_at) == (
        True,
        "Back at noon.",
        "Ida Rhodes",
        now(),
    )
    assert switches.set_switch(runtime, COMMAND_LINE, Switch.PAUSE_SIGNING, on=False, message="never kept")
    with runtime.reading() as connection:
        entries = audit_log.list_entries(connection, None)
    assert [(e.action, e.subject, e.before, e.after, e.network) for e in entries] == [
        ("throw switch", "pause-signing", {"on": True, "message": "Back at noon."}, {"on": False}, ""),
        ("throw switch", "pause-signing", {"on": False}, {"on": True, "message": "Back at noon."}, "203.0.113.0/24"),
    ]


@pytest.mark.parametrize("switch", [Switch.PAUSE_SIGNING, Switch.READ_ONLY])
def test_no_signature_begun_after_the_throw_is_stored_while_many_sign_at_two_machines(
    make_runtime: Callable[..., Runtime], switch: Switch
) -> None:
    machines = [make_runtime(), make_runtime()]
    desk = make_runtime()
    campaign = new_campaign(desk)
    thrown, late, errors = threading.Event(), [], []
    enough = [threading.Event() for _ in range(8)]

    def sign_on(number: int) -> None:
        runtime, turns, refused = machines[number % 2], 0, 0
        while refused < 20:
            turns += 1
            if turns == 3:
                enough[number].set()
            began_after = thrown.is_set()
            try:
                sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}-{turns}@example.org"))
            except NotOpenError:
                refused += 1
            except Exception as error:
                errors.append(error)
                enough[number].set()
                return
            else:
                if began_after:
                    late.append((number, turns))

    threads = [threading.Thread(target=sign_on, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for each in enough:
        each.wait(60)
    switches.set_switch(desk, COMMAND_LINE, switch, on=True)
    thrown.set()
    for thread in threads:
        thread.join()
    assert (errors, late) == ([], [])
    before = signatures(desk)
    assert before >= 8 * 2
    switches.set_switch(desk, COMMAND_LINE, switch, on=False)
    sign.sign_campaign(machines[0], campaign.id, campaign.text.hash, sign_form_data("again@example.org"))
    assert signatures(desk) == before + 1


def test_a_process_asks_the_database_only_where_redis_has_no_copy(runtime: Runtime) -> None:
    switches.set_switch(runtime, COMMAND_LINE, Switch.SLOW_COUNT, on=True)
    asked: list[str] = []
    event.listen(runtime.autocommit_engine, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    assert switches.current_switches(runtime).slows_count
    assert asked == []
    runtime.redis.flushall()
    assert switches.current_switches(runtime).slows_count
    assert len(asked) == 1
    assert switches.current_switches(runtime).slows_count
    assert len(asked) == 1


def test_with_redis_down_a_throw_acts_and_redis_comes_back_with_the_truth(
    make_runtime: Callable[..., Runtime], redis_server: RedisServer
) -> None:
    here, there = make_runtime(), make_runtime()
    campaign = new_campaign(here)
    switches.set_switch(here, COMMAND_LINE, Switch.HIDE_SUPPORTERS, on=True)
    known = switches.current_switches(there)
    assert known.hides_supporters
    redis_server.kill()
    try:
        assert switches.set_switch(here, COMMAND_LINE, Switch.READ_ONLY, on=True, message="Moving house.")
        known = switches.current_switches(there, known)
        assert known.read_only
        with pytest.raises(NotOpenError):
            sign.sign_campaign(there, campaign.id, campaign.text.hash, sign_form_data())
    finally:
        redis_server.start()
    for runtime in (here, there):
        runtime.redis_connection._backoff_until = 0.0
    # Its copy is the one from before: who knows better does not believe it, and the clock puts it right.
    assert switches.current_switches(there, known).read_only
    clock.tick(here, {}, 1.0)
    copy = here.call_redis(switch_cache.cached_switches)
    assert copy is not None
    assert (copy.read_only, copy.message, copy.revision) == (True, "Moving house.", 2)


def test_an_older_copy_never_overwrites_a_newer_one(runtime: Runtime) -> None:
    newer, older = Switches({Switch.SLOW_COUNT: ""}, 7), Switches({}, 6)
    assert switch_cache.cache_switches(runtime.redis, newer)
    assert not switch_cache.cache_switches(runtime.redis, older)
    assert switch_cache.cached_switches(runtime.redis) == newer


def test_throws_at_the_same_moment_all_count(make_runtime: Callable[..., Runtime]) -> None:
    machines = [make_runtime() for _ in range(4)]
    threads = [
        threading.Thread(target=switches.set_switch, args=(machine, COMMAND_LINE, switch), kwargs={"on": True})
        for machine, switch in zip(machines, Switch, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = make_runtime()
    assert switches.current_switches(fresh) == Switches(dict.fromkeys(Switch, ""), 4)


class TestReadOnly:
    def test_verifying_waits_and_the_link_works_again_afterwards(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        link = verify_link_of(runtime, 1)
        assert sign.verify_signature(runtime, link).outcome is VerifyOutcome.READ_ONLY
        ready = sign.preview_verification(runtime, link, {}, read_only=True)
        assert ready is not None
        assert (ready.outcome, ready.auto_confirm) == (VerifyOutcome.READ_ONLY, False)
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        assert sign.verify_signature(runtime, link).outcome is VerifyOutcome.NOW

    def test_withdrawing_always_works(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        for switch in Switch:
            switches.set_switch(runtime, COMMAND_LINE, switch, on=True)
        assert sign.withdraw_signature(runtime, 1)

    def test_pausing_leaves_links_alone(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        switches.set_switch(runtime, COMMAND_LINE, Switch.PAUSE_SIGNING, on=True)
        assert sign.verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW

    def test_the_grace_that_was_lost_is_given_back(self, runtime: Runtime, now: ManualClock) -> None:
        campaign = new_campaign(runtime, grace=timedelta(hours=10))
        over = new_campaign(runtime, slug="over", closes_at=now() + timedelta(minutes=1), grace=timedelta(0))
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        sign.sign_campaign(runtime, over.id, over.text.hash, sign_form_data())
        now.at = campaign.window.closes_at + timedelta(hours=4)
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        now.advance(hours=20)
        # Whose grace was over before is told so, and the total of the others is not certified meanwhile.
        assert sign.verify_signature(runtime, verify_link_of(runtime, 2)).outcome is VerifyOutcome.TOO_LATE
        assert sign.verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.READ_ONLY
        count.advance_ledgers(runtime)
        assert finalise.finalise_due_campaigns(runtime) == []
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True, message="It takes longer.")
        now.advance(hours=5)
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        now.advance(hours=5, minutes=59)
        assert sign.verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW
        now.advance(minutes=2)
        count.advance_ledgers(runtime)
        now.advance(minutes=1)
        assert sorted(finalise.finalise_due_campaigns(runtime)) == [campaign.id, over.id]
        copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
        assert copy is not None
        assert copy.window.verify_until == campaign.window.verify_until + timedelta(hours=25)

    def test_before_the_deadline_no_grace_is_lost(self, runtime: Runtime, now: ManualClock) -> None:
        campaign = new_campaign(runtime)
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        now.at = campaign.window.closes_at + timedelta(hours=1)
        switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        until = query_scalar(runtime, "SELECT revision FROM campaigns")
        assert until == 2
        clock.tick(runtime, {}, 1.0)
        copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
        assert copy is not None
        assert copy.window.verify_until - campaign.window.verify_until == timedelta(hours=1)


def test_a_message_is_one_line_and_not_too_long() -> None:
    assert read_switch_message(" Back\x00\n at  noon. ") == "Back at noon."
    with pytest.raises(InvalidInputError, match=r"300 characters or fewer; these are 301"):
        read_switch_message("x" * (MAX_SWITCH_MESSAGE_LENGTH + 1))
