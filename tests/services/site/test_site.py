"""Administration of the site: people and campaigns, and how the operator sees that it is well."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE, SITE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.site.process_heartbeat import DEAD_AFTER
from campaign.jobs import DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services import site
from campaign.services.campaigns import lifecycle
from campaign.services.signatures import sign
from campaign.services.site import LastOperatorError, OwnAccountError
from campaign.store.accounts import audit_log, campaigners, team
from campaign.store.log.reconcile import check_entries
from campaign.store.redis import clock_heartbeat, sessions
from tests.services.log.test_append import advance
from tests.support.desk_client import DeskClient, new_campaigner, new_session
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.processes import mail_worker_process, wait_until
from tests.support.queries import execute_sql
from tests.support.servers import RedisServer
from tests.support.stored_signatures import store_signatures
from workers import clock
from workers.reconcile import reconcile_next
from workers.worker import job_functions, make_worker


def actor(somebody: DeskClient) -> Actor:
    return Actor("Ida Rhodes", somebody.id)


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, None)]


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
        phone = new_session(runtime, app, mary.id)
        assert (mary.get("/desk/").status_code, phone.get("/desk/").status_code) == (200, 200)
        assert site.disable_campaigner(runtime, actor(ida), mary.id, "Left us")
        assert not site.disable_campaigner(runtime, actor(ida), mary.id, "Left us")
        assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now()) == []
        assert (mary.get("/desk/").status_code, phone.get("/desk/").status_code) == (303, 303)
        late = new_session(runtime, app, mary.id)
        assert late.get("/desk/").status_code == 303
        assert site.enable_campaigner(runtime, actor(ida), mary.id)
        assert not site.enable_campaigner(runtime, actor(ida), mary.id)
        assert late.get("/desk/").status_code == 303
        assert new_session(runtime, app, mary.id).get("/desk/").status_code == 200
        assert acts(runtime) == ["enable campaigner", "disable campaigner"]

    def test_nobody_shuts_themselves_out_and_the_last_operator_stays(self, app: Flask, runtime: Runtime) -> None:
        ida = new_campaigner(runtime, app, operator=True)
        with pytest.raises(OwnAccountError):
            site.disable_campaigner(runtime, actor(ida), ida.id, "Tired")
        for operation in (
            lambda: site.disable_campaigner(runtime, COMMAND_LINE, ida.id, "Tired"),
            lambda: site.set_operator(runtime, actor(ida), ida.id, operator=False),
        ):
            with pytest.raises(LastOperatorError):
                operation()
        # One who is shut out does not count.
        mary = new_campaigner(runtime, app, operator=True)
        assert site.disable_campaigner(runtime, actor(ida), mary.id, "Gone")
        with pytest.raises(LastOperatorError):
            site.set_operator(runtime, actor(ida), ida.id, operator=False)
        assert acts(runtime) == ["disable campaigner"]

    def test_an_operator_makes_another_and_goes(self, app: Flask, runtime: Runtime) -> None:
        ida, mary = new_campaigner(runtime, app, operator=True), new_campaigner(runtime, app)
        assert mary.get("/desk/site/").status_code == 404
        assert site.set_operator(runtime, actor(ida), mary.id, operator=True)
        assert not site.set_operator(runtime, actor(ida), mary.id, operator=True)
        assert mary.get("/desk/site/").status_code == 200
        assert site.set_operator(runtime, actor(ida), ida.id, operator=False)
        assert ida.get("/desk/site/").status_code == 404
        assert acts(runtime) == ["remove operator", "make operator"]

    @pytest.mark.parametrize("how", ["disable", "demote"])
    def test_two_operators_who_remove_each_other_leave_one(
        self, app: Flask, runtime: Runtime, make_runtime: Callable[..., Runtime], how: str
    ) -> None:
        for _ in range(5):
            execute_sql(runtime, "UPDATE campaigners SET operator = false")
            pair = [new_campaigner(runtime, app, operator=True) for _ in range(2)]
            start, refused = threading.Barrier(2), []

            def remove(
                one: DeskClient, other: DeskClient, world: Runtime,
                start: threading.Barrier = start, refused: list[object] = refused,
            ) -> None:  # fmt: skip
                start.wait()
                try:
                    if how == "disable":
                        site.disable_campaigner(world, actor(one), other.id, "You or me")
                    else:
                        site.set_operator(world, actor(one), other.id, operator=False)
                except LastOperatorError:
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
            with pytest.raises(RedisUnavailableError):
                site.disable_campaigner(runtime, actor(ida), mary.id, "Gone")
        finally:
            redis_server.start()
        runtime.redis_connection._backoff_until = 0.0
        with runtime.reading() as connection:
            found = campaigners.get_by_id(connection, mary.id)
        assert found is not None
        assert found.disabled_at is None
        assert acts(runtime) == []

    def test_people_are_found_by_name_and_address_however_it_is_typed(self, app: Flask, runtime: Runtime) -> None:
        new_campaigner(runtime, app, name="Élise_Reclus", email="elise@campaign.example")
        new_campaigner(runtime, app, name="Ada Lovelace", email="ada.lovelace@gmail.com")

        def found(query: str) -> list[str]:
            return [person.name for person in site.search_campaigners(runtime, query)]

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
            team.add_member(connection, moor.id, mary.id, Role.VIEWER, runtime.now())
        found = site.get_campaigner(runtime, mary.id)
        assert found is not None
        assert [(campaign.slug, roles) for campaign, roles in found[1]] == [
            ("moor", {Role.VIEWER}), ("save-the-pond", {Role.OWNER}),
        ]  # fmt: skip
        assert site.get_campaigner(runtime, 999) is None


def test_campaigns_are_listed_searched_and_told_apart_by_state(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    pond = new_campaign(runtime)
    moor = new_campaign(runtime, slug="moor", title="Achubwch Llŷn", closes_at=now() + timedelta(hours=1))
    new_campaigner(runtime, app, pond, Role.OWNER, name="Mary Seacole")
    lifecycle.take_down_campaign(runtime, pond, COMMAND_LINE, "Spam")

    def found(query: str = "", state: str = "") -> list[str]:
        return [each.campaign.slug for each in site.list_campaigns(runtime, query, state)[0]]

    assert found() == ["moor", "save-the-pond"]
    assert found("llyn") == ["moor"]
    assert found("VILLAGE pond") == ["save-the-pond"]
    assert found("the-pond") == ["save-the-pond"]
    assert (found("%"), found("!")) == ([], [])
    assert found(state="taken-down") == ["save-the-pond"]
    assert (found(state="running"), found(state="closed"), found(state="draft")) == (["moor"], [], [])
    now.advance(hours=2)
    assert (found(state="running"), found(state="closed")) == ([], ["moor"])
    assert [each.owners for each in site.list_campaigns(runtime)[0]] == [(), ("Mary Seacole",)]
    assert site.list_campaigns(runtime, before_id=moor.id)[0][0].campaign.slug == "save-the-pond"


class TestHealth:
    def test_it_says_what_waits_and_for_how_long(self, runtime: Runtime, now: ManualClock) -> None:
        campaign = new_campaign(runtime)
        quiet = site.site_health(runtime)
        assert (quiet.mail.owed, quiet.mail.oldest, quiet.campaigner_mail.owed, quiet.last_reconciliation) == (0, None, 0, None)
        begun = now()
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        now.advance(minutes=7)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("b@example.org"))
        busy = site.site_health(runtime)
        assert (busy.mail.owed, busy.mail.oldest) == (2, begun)
        assert "Mail to signatories has waited for 7 minutes." in busy.problems

    def test_workers_count_while_they_live(self, runtime: Runtime) -> None:
        def alive() -> dict[str, int]:
            lines = site.site_health(runtime).queues
            assert lines is not None
            return {line.queue: line.workers for line in lines}

        assert alive() == {MAIL_QUEUE: 0, LEDGER_QUEUE: 0, DESK_QUEUE: 0, EXPORT_QUEUE: 0}
        assert "No worker serves the count." in site.site_health(runtime).problems
        with mail_worker_process(runtime):
            wait_until(lambda: alive()[MAIL_QUEUE] == 1, "the worker is seen")
            assert alive() == {MAIL_QUEUE: 1, LEDGER_QUEUE: 0, DESK_QUEUE: 0, EXPORT_QUEUE: 0}
            [field] = cast("dict[bytes, bytes]", runtime.redis.hgetall("countersign:processes"))
        # Killed: its entry stays for a while, but gives no sign of life.
        beat = json.loads(cast("bytes", runtime.redis.hget("countersign:processes", field.decode())))
        stale = {**beat, "seen_at": beat["seen_at"] - DEAD_AFTER.total_seconds()}
        runtime.redis.hset("countersign:processes", field.decode(), json.dumps(stale))
        assert alive()[MAIL_QUEUE] == 0
        lines = site.site_health(runtime).queues
        assert lines is not None
        assert [line.dead for line in lines] == [1, 0, 0, 0]

    def test_the_clock_is_missed(self, runtime: Runtime) -> None:
        assert "No clock has ticked for a minute." in site.site_health(runtime).problems
        clock.tick(runtime, {}, 1.0)
        health = site.site_health(runtime)
        assert health.clock_seen_at == runtime.now()
        assert "No clock has ticked for a minute." not in health.problems

    def test_without_redis_it_says_so(self, runtime: Runtime, redis_server: RedisServer) -> None:
        redis_server.kill()
        try:
            health = site.site_health(runtime)
        finally:
            redis_server.start()
        assert (health.queues, health.clock_seen_at) == (None, None)
        assert health.problems == ("Redis does not answer. Signing and counting go on; mail waits.",)

    def test_it_is_quick_however_much_is_owed(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
        assert site.site_health(runtime).mail.owed == 1


class TestProving:
    def test_every_night_all_counts_are_proved_one_campaign_after_the_other(self, runtime: Runtime, now: ManualClock) -> None:
        for slug in ("pond", "moor", "fen"):
            new_campaign(runtime, slug=slug)

        def desk_works() -> None:
            clock.tick(runtime, {}, 1.0)
            redis = Redis.from_url(runtime.settings.redis_url)
            make_worker(redis, DESK_QUEUE, job_functions(runtime)).work(burst=True, logging_level="ERROR")
            redis.close()

        desk_works()
        assert site.last_reconciled_at(runtime) is None
        now.advance(hours=15)
        desk_works()
        assert site.last_reconciled_at(runtime) == now()
        proved = site.site_health(runtime).last_reconciliation
        assert proved is not None
        assert (proved.at, proved.campaigns, proved.drift, proved.drifting) == (now(), 3, 0, ())
        night = now()
        now.advance(hours=1)
        desk_works()
        assert site.last_reconciled_at(runtime) == night
        now.advance(hours=23)
        desk_works()
        assert site.last_reconciled_at(runtime) == now()
        assert acts(runtime)[:3] == ["reconcile", "reconcile", "create campaign"]

    def test_a_drift_is_told_of(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        execute_sql(runtime, "UPDATE tallies SET pending = pending + 5")
        assert reconcile_next(runtime) == 1
        health = site.site_health(runtime)
        assert health.last_reconciliation is not None
        assert health.last_reconciliation.drifting == (campaign.slug,)
        assert health.last_reconciliation.drift >= 5
        assert any(words.startswith("Counts drift: save-the-pond.") for words in health.problems)

    def test_it_goes_on_where_a_worker_stopped(self, runtime: Runtime) -> None:
        first, _ = new_campaign(runtime), new_campaign(runtime, slug="moor")
        site.set_reconcile_progress(runtime, {"after": first.id, "campaigns": 1, "drifts": {"save-the-pond": 2}})
        assert reconcile_next(runtime) == 1
        proved = site.site_health(runtime).last_reconciliation
        assert proved is not None
        assert (proved.campaigns, proved.drift) == (2, 2)
        assert site.reconcile_progress(runtime) is None

    def test_the_entries_of_the_log_are_compared_in_jobs_between_which_others_are_done(self, runtime: Runtime) -> None:
        pond, moor = new_campaign(runtime), new_campaign(runtime, slug="moor")
        store_signatures(runtime, pond, [{}] * 5)
        advance(runtime)
        with runtime.transaction() as connection:
            assert check_entries(connection, pond.id, 0, 5) == (0, True)
            assert check_entries(connection, pond.id, 0, 4) == (0, False)
        progress = []
        for _ in range(20):
            reconcile_next(runtime, time_budget_seconds=0, entries_per_step=2)
            progress.append(site.reconcile_progress(runtime))
            if progress[-1] is None:
                break
        reached = [(each["after"], each["entries_after"]) for each in progress if each is not None]
        assert reached == [(pond.id, 0), (pond.id, 2), (pond.id, 4), (pond.id, None), (moor.id, 0), (moor.id, None)]
        proved = site.site_health(runtime).last_reconciliation
        assert proved is not None
        assert (proved.campaigns, proved.drift) == (2, 0)

    def test_one_campaign_proved_by_hand_is_written_into_its_own_trail(self, runtime: Runtime) -> None:
        campaign = new_campaign(runtime)
        site.record_campaign_reconciliation(runtime, SITE, campaign, 0)
        assert site.last_reconciled_at(runtime) is None
        with runtime.reading() as connection:
            entry = audit_log.list_entries(connection, campaign.id)[0]
        assert (entry.action, entry.subject, entry.after) == ("reconcile", "save-the-pond", {"drift": 0})


def test_a_copy_of_the_beat_is_what_doctor_reads(runtime: Runtime) -> None:
    clock_heartbeat.record_heartbeat(runtime.redis, runtime.now())
    assert site.site_health(runtime).clock_seen_at == runtime.now()
