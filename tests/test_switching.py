"""Switches of the whole site: they act at once, everywhere, under load, without Redis, and leave nothing behind when off."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from campaign import closing, counting, signing, switching
from campaign.domain.actor import COMMAND_LINE, Actor
from campaign.domain.refusal import Refused
from campaign.domain.switch import LONGEST_MESSAGE, Switch, Switches, read_message
from campaign.runtime import Runtime
from campaign.signing import NotOpen, Verified
from campaign.store import audit, counters, switches
from tests.desk import new_campaigner
from tests.factories import Now, link_to, new_campaign, submission
from tests.processes import until
from tests.servers import RedisServer
from workers import clock


def signatures(runtime: Runtime) -> int:
    with runtime.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM signatures")).scalar_one())


def expire(runtime: Runtime) -> None:
    """As if half a second had passed since this process has asked."""
    runtime.switched.read = (0.001, runtime.switched.read[1])


def test_nothing_is_on_that_was_never_thrown(runtime: Runtime) -> None:
    assert switching.now(runtime) == Switches()
    assert [(position.switch, position.on, position.at) for position in switching.positions(runtime)] == [
        (switch, False, None) for switch in Switch
    ]


def test_a_throw_says_who_and_when_and_is_written_down(runtime: Runtime, app: object, now: Now) -> None:
    ida = new_campaigner(runtime, app, name="Ida Rhodes", operator=True)  # type: ignore[arg-type]
    actor = Actor("Ida Rhodes", ida.id, "203.0.113.0/24")
    assert switching.throw(runtime, actor, Switch.PAUSE_SIGNING, on=True, message="Back at noon.")
    assert not switching.throw(runtime, actor, Switch.PAUSE_SIGNING, on=True, message="Back at noon.")
    position = switching.positions(runtime)[0]
    assert (position.on, position.message, position.by, position.at) == (True, "Back at noon.", "Ida Rhodes", now())
    assert switching.throw(runtime, COMMAND_LINE, Switch.PAUSE_SIGNING, on=False, message="never kept")
    with runtime.reading() as connection:
        entries = audit.page(connection, None)
    assert [(e.act, e.subject, e.was, e.became, e.network) for e in entries] == [
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
                signing.sign(runtime, campaign.id, campaign.text.hash, submission(f"{number}-{turns}@example.org"))
            except NotOpen:
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
    switching.throw(desk, COMMAND_LINE, switch, on=True)
    thrown.set()
    for thread in threads:
        thread.join()
    assert (errors, late) == ([], [])
    before = signatures(desk)
    assert before >= 8 * 2
    switching.throw(desk, COMMAND_LINE, switch, on=False)
    signing.sign(machines[0], campaign.id, campaign.text.hash, submission("again@example.org"))
    assert signatures(desk) == before + 1


def test_every_process_knows_within_half_a_second(make_runtime: Callable[..., Runtime]) -> None:
    here, there = make_runtime(), make_runtime()
    assert not switching.now(there).holds_signing
    switching.throw(here, COMMAND_LINE, Switch.PAUSE_SIGNING, on=True, message="Soon.")
    assert switching.now(here).message == "Soon."
    thrown = time.monotonic()
    until(lambda: switching.now(there).holds_signing, "the other process knows")
    assert time.monotonic() - thrown < 1
    assert switching.now(there) == Switches({Switch.PAUSE_SIGNING: "Soon."}, 1)


def test_a_process_asks_the_database_only_where_redis_has_no_copy(runtime: Runtime, now: Now) -> None:
    switching.throw(runtime, COMMAND_LINE, Switch.SLOW_COUNT, on=True)
    asked: list[str] = []
    event.listen(runtime.alone, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    expire(runtime)
    assert switching.now(runtime).slow
    assert asked == []
    runtime.redis.flushall()
    expire(runtime)
    assert switching.now(runtime).slow
    assert len(asked) == 1
    expire(runtime)
    assert switching.now(runtime).slow
    assert len(asked) == 1


def test_a_hundred_at_once_ask_once(runtime: Runtime) -> None:
    runtime.redis.flushall()
    asked: list[str] = []
    event.listen(runtime.alone, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    threads = [threading.Thread(target=lambda: switching.now(runtime)) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_with_redis_down_a_throw_acts_and_redis_comes_back_with_the_truth(
    make_runtime: Callable[..., Runtime], redis_server: RedisServer
) -> None:
    here, there = make_runtime(), make_runtime()
    campaign = new_campaign(here)
    switching.throw(here, COMMAND_LINE, Switch.HIDE_SUPPORTERS, on=True)
    assert switching.now(there).hides_supporters
    redis_server.kill()
    try:
        assert switching.throw(here, COMMAND_LINE, Switch.READ_ONLY, on=True, message="Moving house.")
        expire(there)
        assert switching.now(there).read_only
        with pytest.raises(NotOpen):
            signing.sign(there, campaign.id, campaign.text.hash, submission())
    finally:
        redis_server.start()
    for runtime in (here, there):
        runtime._redis_rests_until = 0.0
    # Its copy is the one from before: whoever knows better does not believe it, and the clock puts it right.
    expire(there)
    assert switching.now(there).read_only
    clock.tick(here, {}, 1.0)
    copy = here.ask_redis(switches.read)
    assert copy is not None
    assert (copy.read_only, copy.message, copy.revision) == (True, "Moving house.", 2)


def test_an_older_copy_never_overwrites_a_newer_one(runtime: Runtime) -> None:
    newer, older = Switches({Switch.SLOW_COUNT: ""}, 7), Switches({}, 6)
    assert switches.publish(runtime.redis, newer)
    assert not switches.publish(runtime.redis, older)
    assert switches.read(runtime.redis) == newer


def test_throws_at_the_same_moment_all_count(make_runtime: Callable[..., Runtime]) -> None:
    machines = [make_runtime() for _ in range(4)]
    threads = [
        threading.Thread(target=switching.throw, args=(machine, COMMAND_LINE, switch), kwargs={"on": True})
        for machine, switch in zip(machines, Switch, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = make_runtime()
    assert switching.now(fresh) == Switches(dict.fromkeys(Switch, ""), 4)


class TestReadOnly:
    def test_verifying_waits_and_the_link_works_again_afterwards(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        link = link_to(runtime, 1)
        assert signing.verify(runtime, link).outcome is Verified.LATER
        ready = signing.look_at_link(runtime, link, {}, read_only=True)
        assert ready is not None
        assert (ready.outcome, ready.press) == (Verified.LATER, False)
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        assert signing.verify(runtime, link).outcome is Verified.NOW

    def test_withdrawing_always_works(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        for switch in Switch:
            switching.throw(runtime, COMMAND_LINE, switch, on=True)
        assert signing.withdraw(runtime, 1)

    def test_pausing_leaves_links_alone(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        switching.throw(runtime, COMMAND_LINE, Switch.PAUSE_SIGNING, on=True)
        assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW

    def test_the_grace_that_was_lost_is_given_back(self, runtime: Runtime, now: Now) -> None:
        campaign = new_campaign(runtime, grace=timedelta(hours=10))
        over = new_campaign(runtime, slug="over", closes_at=now() + timedelta(minutes=1), grace=timedelta(0))
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        signing.sign(runtime, over.id, over.text.hash, submission())
        now.at = campaign.window.closes_at + timedelta(hours=4)
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        now.forward(hours=20)
        # Whose grace was over before is told so, and the total of the others is not certified meanwhile.
        assert signing.verify(runtime, link_to(runtime, 2)).outcome is Verified.TOO_LATE
        assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.LATER
        counting.advance_all(runtime)
        assert closing.finalise_due(runtime) == []
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True, message="It takes longer.")
        now.forward(hours=5)
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        now.forward(hours=5, minutes=59)
        assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW
        now.forward(minutes=2)
        counting.advance_all(runtime)
        now.forward(minutes=1)
        assert sorted(closing.finalise_due(runtime)) == [campaign.id, over.id]
        copy = counters.read(runtime.redis, campaign.slug)
        assert copy is not None
        assert copy.window.verify_until == campaign.window.verify_until + timedelta(hours=25)

    def test_before_the_deadline_no_grace_is_lost(self, runtime: Runtime, now: Now) -> None:
        campaign = new_campaign(runtime)
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
        now.at = campaign.window.closes_at + timedelta(hours=1)
        switching.throw(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
        with runtime.reading() as connection:
            until = connection.execute(text("SELECT revision FROM campaigns")).scalar_one()
        assert until == 2
        clock.tick(runtime, {}, 1.0)
        copy = counters.read(runtime.redis, campaign.slug)
        assert copy is not None
        assert copy.window.verify_until - campaign.window.verify_until == timedelta(hours=1)


def test_a_message_is_one_line_and_not_too_long() -> None:
    assert read_message(" Back\x00\n at  noon. ") == "Back at noon."
    with pytest.raises(Refused, match=r"300 characters or fewer; these are 301"):
        read_message("x" * (LONGEST_MESSAGE + 1))
