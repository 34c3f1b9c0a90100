"""What the operator of the site does with people and campaigns, and how they see that it is well."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from campaign import operating, running, signing
from campaign.domain.actor import COMMAND_LINE, THE_SITE, Actor
from campaign.domain.role import Role
from campaign.jobs import DESK_QUEUE, HANDOVER_QUEUE, LEDGER_QUEUE, MAIL_QUEUE
from campaign.operating import LastOperator, Oneself
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import audit, counters, people, sessions
from tests.desk import Campaigner, new_campaigner, signed_in
from tests.factories import Now, new_campaign, submission
from tests.processes import mail_worker, until
from tests.servers import RedisServer
from workers import clock
from workers.process import make_worker, our_jobs
from workers.proving import prove


def actor(somebody: Campaigner) -> Actor:
    return Actor("Ida Rhodes", somebody.id)


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.act for entry in audit.page(connection, None)]


def operators(runtime: Runtime) -> int:
    with runtime.reading() as connection:
        sql = "SELECT count(*) FROM campaigners WHERE operator AND disabled_at IS NULL"
        return int(connection.execute(text(sql)).scalar_one())


class TestPeople:
    def test_who_is_shut_out_is_signed_out_everywhere_at_once_and_stays_so_when_let_in_again(
        self, app: Flask, runtime: Runtime
    ) -> None:
        ida = new_campaigner(runtime, app, name="Ida Rhodes", operator=True)
        mary = new_campaigner(runtime, app)
        phone = signed_in(runtime, app, mary.id)
        assert (mary.get("/desk/").status_code, phone.get("/desk/").status_code) == (200, 200)
        assert operating.disable(runtime, actor(ida), mary.id, "Left us")
        assert not operating.disable(runtime, actor(ida), mary.id, "Left us")
        assert sessions.of(runtime.redis, mary.id, runtime.now()) == []
        assert (mary.get("/desk/").status_code, phone.get("/desk/").status_code) == (303, 303)
        late = signed_in(runtime, app, mary.id)
        assert late.get("/desk/").status_code == 303
        assert operating.enable(runtime, actor(ida), mary.id)
        assert not operating.enable(runtime, actor(ida), mary.id)
        assert late.get("/desk/").status_code == 303
        assert signed_in(runtime, app, mary.id).get("/desk/").status_code == 200
        assert acts(runtime) == ["enable campaigner", "disable campaigner"]

    def test_nobody_shuts_themselves_out_and_the_last_operator_stays(self, app: Flask, runtime: Runtime) -> None:
        ida = new_campaigner(runtime, app, operator=True)
        with pytest.raises(Oneself):
            operating.disable(runtime, actor(ida), ida.id, "Tired")
        for operation in (
            lambda: operating.disable(runtime, COMMAND_LINE, ida.id, "Tired"),
            lambda: operating.set_operator(runtime, actor(ida), ida.id, operator=False),
        ):
            with pytest.raises(LastOperator):
                operation()
        # One who is shut out does not count.
        mary = new_campaigner(runtime, app, operator=True)
        assert operating.disable(runtime, actor(ida), mary.id, "Gone")
        with pytest.raises(LastOperator):
            operating.set_operator(runtime, actor(ida), ida.id, operator=False)
        assert acts(runtime) == ["disable campaigner"]

    def test_an_operator_makes_another_and_goes(self, app: Flask, runtime: Runtime) -> None:
        ida, mary = new_campaigner(runtime, app, operator=True), new_campaigner(runtime, app)
        assert mary.get("/desk/site/").status_code == 404
        assert operating.set_operator(runtime, actor(ida), mary.id, operator=True)
        assert not operating.set_operator(runtime, actor(ida), mary.id, operator=True)
        assert mary.get("/desk/site/").status_code == 200
        assert operating.set_operator(runtime, actor(ida), ida.id, operator=False)
        assert ida.get("/desk/site/").status_code == 404
        assert acts(runtime) == ["remove operator", "make operator"]

    @pytest.mark.parametrize("how", ["disable", "demote"])
    def test_two_operators_who_remove_each_other_leave_one(
        self, app: Flask, runtime: Runtime, make_runtime: Callable[..., Runtime], how: str
    ) -> None:
        for _ in range(5):
            with runtime.transaction() as connection:
                connection.execute(text("UPDATE campaigners SET operator = false"))
            pair = [new_campaigner(runtime, app, operator=True) for _ in range(2)]
            start, refused = threading.Barrier(2), []

            def remove(
                one: Campaigner, other: Campaigner, world: Runtime,
                start: threading.Barrier = start, refused: list[object] = refused,
            ) -> None:  # fmt: skip
                start.wait()
                try:
                    if how == "disable":
                        operating.disable(world, actor(one), other.id, "You or me")
                    else:
                        operating.set_operator(world, actor(one), other.id, operator=False)
                except LastOperator:
                    refused.append(one.id)

            threads = [
                threading.Thread(target=remove, args=(one, other, make_runtime(connections=2)))
                for one, other in (pair, pair[::-1])
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert (operators(runtime), len(refused)) == (1, 1)

    def test_with_redis_down_nobody_is_shut_out_by_half(self, app: Flask, runtime: Runtime, redis_server: RedisServer) -> None:
        ida, mary = new_campaigner(runtime, app, operator=True), new_campaigner(runtime, app)
        redis_server.kill()
        try:
            with pytest.raises(RedisUnavailable):
                operating.disable(runtime, actor(ida), mary.id, "Gone")
        finally:
            redis_server.start()
        runtime._redis_rests_until = 0.0
        with runtime.reading() as connection:
            found = people.by_id(connection, mary.id)
        assert found is not None
        assert found.disabled_at is None
        assert acts(runtime) == []

    def test_people_are_found_by_name_and_address_however_it_is_typed(self, app: Flask, runtime: Runtime) -> None:
        new_campaigner(runtime, app, name="Élise_Reclus", email="elise@campaign.example")
        new_campaigner(runtime, app, name="Ada Lovelace", email="ada.lovelace@gmail.com")

        def found(query: str) -> list[str]:
            return [person.name for person in operating.search(runtime, query)]

        assert found("lovelace") == ["Ada Lovelace"]
        assert found("Élise") == ["Élise_Reclus"]
        assert found("ELISE@campaign") == ["Élise_Reclus"]
        assert found("_") == ["Élise_Reclus"]
        assert found("%") == []
        assert found("x\x00y") == []

    def test_somebody_comes_with_their_campaigns(self, app: Flask, runtime: Runtime) -> None:
        pond, moor = new_campaign(runtime), new_campaign(runtime, slug="moor")
        mary = new_campaigner(runtime, app, pond, Role.OWNER)
        with runtime.transaction() as connection:
            people.join(connection, moor.id, mary.id, Role.VIEWER, runtime.now())
        found = operating.somebody(runtime, mary.id)
        assert found is not None
        assert [(standing.slug, role) for standing, role in found[1]] == [
            ("moor", Role.VIEWER), ("save-the-pond", Role.OWNER),
        ]  # fmt: skip
        assert operating.somebody(runtime, 999) is None


def test_campaigns_are_listed_searched_and_told_apart_by_state(app: Flask, runtime: Runtime, now: Now) -> None:
    pond = new_campaign(runtime)
    moor = new_campaign(runtime, slug="moor", title="Achubwch Llŷn", closes_at=now() + timedelta(hours=1))
    new_campaigner(runtime, app, pond, Role.OWNER, name="Mary Seacole")
    running.take_down(runtime, pond, COMMAND_LINE, "Spam")

    def found(query: str = "", state: str = "") -> list[str]:
        return [each.standing.slug for each in operating.all_campaigns(runtime, query, state)[0]]

    assert found() == ["moor", "save-the-pond"]
    assert found("llyn") == ["moor"]
    assert found("VILLAGE pond") == ["save-the-pond"]
    assert found("the-pond") == ["save-the-pond"]
    assert (found("%"), found("!")) == ([], [])
    assert found(state="taken-down") == ["save-the-pond"]
    assert (found(state="running"), found(state="closed"), found(state="draft")) == (["moor"], [], [])
    now.forward(hours=2)
    assert (found(state="running"), found(state="closed")) == ([], ["moor"])
    assert [each.owners for each in operating.all_campaigns(runtime)[0]] == [(), ("Mary Seacole",)]
    assert operating.all_campaigns(runtime, before_id=moor.id)[0][0].standing.slug == "save-the-pond"


class TestHealth:
    def test_it_says_what_waits_and_for_how_long(self, runtime: Runtime, now: Now) -> None:
        campaign = new_campaign(runtime)
        quiet = operating.health(runtime)
        assert (quiet.mail.owed, quiet.mail.oldest, quiet.notices.owed, quiet.proved) == (0, None, 0, None)
        begun = now()
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        now.forward(minutes=7)
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("b@example.org"))
        busy = operating.health(runtime)
        assert (busy.mail.owed, busy.mail.oldest) == (2, begun)
        assert "Mail to signatories has waited for 7 minutes." in busy.troubles

    def test_workers_count_while_they_live(self, runtime: Runtime) -> None:
        def alive() -> dict[str, int]:
            lines = operating.health(runtime).lines
            assert lines is not None
            return {line.queue: line.workers for line in lines}

        assert alive() == {MAIL_QUEUE: 0, LEDGER_QUEUE: 0, DESK_QUEUE: 0, HANDOVER_QUEUE: 0}
        assert "No worker serves the count." in operating.health(runtime).troubles
        with mail_worker(runtime):
            until(lambda: alive()[MAIL_QUEUE] == 1, "the worker is seen")
            assert alive() == {MAIL_QUEUE: 1, LEDGER_QUEUE: 0, DESK_QUEUE: 0, HANDOVER_QUEUE: 0}
        # Killed: its entry stays for a while, but gives no sign of life.
        key = next(iter(runtime.redis.smembers(f"rq:workers:{MAIL_QUEUE}")))
        runtime.redis.hset(key, mapping={"last_heartbeat": "2020-01-01T00:00:00.000000Z", "state": "idle"})
        assert alive()[MAIL_QUEUE] == 0

    def test_the_clock_is_missed(self, runtime: Runtime) -> None:
        assert "No clock has ticked for a minute." in operating.health(runtime).troubles
        clock.tick(runtime, {}, 1.0)
        health = operating.health(runtime)
        assert health.beat == runtime.now()
        assert "No clock has ticked for a minute." not in health.troubles

    def test_without_redis_it_says_so(self, runtime: Runtime, redis_server: RedisServer) -> None:
        redis_server.kill()
        try:
            health = operating.health(runtime)
        finally:
            redis_server.start()
        assert (health.lines, health.beat) == (None, None)
        assert health.troubles == ("Redis does not answer. Signing and counting go on; mail waits.",)

    def test_it_is_quick_however_much_is_owed(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        signing.sign(runtime, campaign.id, campaign.text.hash, submission())
        assert operating.health(runtime).mail.owed == 1


class TestProving:
    def test_every_night_all_counts_are_proved_one_campaign_after_the_other(self, runtime: Runtime, now: Now) -> None:
        for slug in ("pond", "moor", "fen"):
            new_campaign(runtime, slug=slug)

        def desk_works() -> None:
            clock.tick(runtime, {}, 1.0)
            redis = Redis.from_url(runtime.settings.redis_url)
            make_worker(redis, DESK_QUEUE, our_jobs(runtime)).work(burst=True, logging_level="ERROR")
            redis.close()

        desk_works()
        assert operating.last_proved(runtime) is None
        now.forward(hours=15)
        desk_works()
        assert operating.last_proved(runtime) == now()
        proved = operating.health(runtime).proved
        assert proved is not None
        assert (proved.at, proved.campaigns, proved.drift, proved.drifting) == (now(), 3, 0, ())
        night = now()
        now.forward(hours=1)
        desk_works()
        assert operating.last_proved(runtime) == night
        now.forward(hours=23)
        desk_works()
        assert operating.last_proved(runtime) == now()
        assert acts(runtime)[:3] == ["reconcile", "reconcile", "create campaign"]

    def test_a_drift_is_told_of(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        with runtime.transaction() as connection:
            connection.execute(text("UPDATE tallies SET pending = pending + 5"))
        assert prove(runtime) == 1
        health = operating.health(runtime)
        assert health.proved is not None
        assert health.proved.drifting == (campaign.slug,)
        assert health.proved.drift >= 5
        assert any(words.startswith("Counts drift: save-the-pond.") for words in health.troubles)

    def test_it_goes_on_where_a_worker_stopped(self, runtime: Runtime) -> None:
        first, _ = new_campaign(runtime), new_campaign(runtime, slug="moor")
        operating.set_proving(runtime, {"after": first.id, "campaigns": 1, "drifts": {"save-the-pond": 2}})
        assert prove(runtime) == 1
        proved = operating.health(runtime).proved
        assert proved is not None
        assert (proved.campaigns, proved.drift) == (2, 2)
        assert operating.proving(runtime) is None

    def test_one_campaign_proved_by_hand_is_written_into_its_own_trail(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        operating.note_proved_one(runtime, THE_SITE, campaign, 0)
        assert operating.last_proved(runtime) is None
        with runtime.reading() as connection:
            entry = audit.page(connection, campaign.id)[0]
        assert (entry.act, entry.subject, entry.became) == ("reconcile", "save-the-pond", {"drift": 0})


def test_a_copy_of_the_beat_is_what_doctor_reads(runtime: Runtime) -> None:
    counters.beat(runtime.redis, runtime.now())
    assert operating.health(runtime).beat == runtime.now()
