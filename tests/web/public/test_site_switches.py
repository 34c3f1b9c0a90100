"""Switches of the site as the public sees them: why it cannot sign, that its link waits, that withdrawing works."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.site.switch import Switch, Switches
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.site import switches
from campaign.web.app_context import install_runtime
from campaign.web.site_switches import CACHE_SECONDS, current_switches
from tests.conftest import on_both_databases
from tests.support.caches import expire_campaigns, expire_switches
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign
from tests.support.processes import wait_until
from tests.support.queries import execute_sql, query_scalar
from tests.support.signatory import Signatory, public_count, run_workers

MESSAGE = "We are moving house. Back at noon."
PAUSED_TEXT = "The operator of this site has paused signing for now"


def throw(runtime: Runtime, switch: Switch, *, on: bool = True, message: str = "") -> None:
    switches.set_switch(runtime, COMMAND_LINE, switch, on=on, message=message)
    expire_switches()


def signatures(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM signatures"))


@on_both_databases
@pytest.mark.parametrize("switch", [Switch.PAUSE_SIGNING, Switch.READ_ONLY])
@pytest.mark.parametrize("page", ["/c/save-the-pond", "/c/save-the-pond/embed"])
def test_pages_say_why_nobody_can_sign_and_are_as_before_once_it_is_off(
    app: Flask, runtime: Runtime, switch: Switch, page: str
) -> None:
    new_campaign(runtime)
    reader = app.test_client()
    before = reader.get(page).text
    assert "<form" in before
    throw(runtime, switch, message=MESSAGE)
    held = reader.get(page).text
    assert PAUSED_TEXT in held
    assert MESSAGE in held
    assert 'name="email"' not in held
    assert reader.get("/c/save-the-pond/count.json").get_json()["state"] == "paused"
    throw(runtime, switch, on=False)
    assert reader.get(page).text == before
    assert reader.get("/c/save-the-pond/count.json").get_json()["state"] == "open"


def test_it_is_said_in_welsh(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    throw(runtime, Switch.PAUSE_SIGNING, message=MESSAGE)
    page = app.test_client().get("/c/save-the-pond?lang=cy").text
    assert PAUSED_TEXT not in page
    assert "Mae gweithredwr y wefan hon wedi oedi llofnodi am y tro" in page
    assert MESSAGE in page


def test_what_is_sent_meanwhile_is_answered_and_not_stored(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    throw(runtime, Switch.PAUSE_SIGNING, message=MESSAGE)
    answer = signatory().sign()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (409, "no-store")
    assert MESSAGE in answer.text
    assert "We didn’t keep what you typed." in answer.text
    # A process that does not know yet is told by the store.
    throw(runtime, Switch.PAUSE_SIGNING, on=False)
    reader = signatory()
    assert MESSAGE not in reader.browser.get("/c/save-the-pond").text
    execute_sql(runtime, "UPDATE switches SET is_on = true, message = 'Not now.', revision = revision + 1")
    runtime.redis.flushall()
    answer = reader.sign()
    assert answer.status_code == 409
    assert "Not now." in answer.text
    assert signatures(runtime) == 0


def test_a_campaign_that_its_campaigners_paused_says_what_they_say(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "The text is being corrected.")
    throw(runtime, Switch.PAUSE_SIGNING, message=MESSAGE)
    page = app.test_client().get("/c/save-the-pond").text
    assert "The text is being corrected." in page
    assert PAUSED_TEXT not in page


def test_a_link_waits_while_the_site_is_read_only_and_withdrawing_does_not(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada, mary = signatory(), signatory(email="mary@example.org")
    for somebody in (ada, mary):
        somebody.sign()
    run_workers(runtime)
    mary.confirm()
    run_workers(runtime)
    path, manage = ada.verify_path(), mary.manage_path()
    throw(runtime, Switch.READ_ONLY, message=MESSAGE)
    for answer in (ada.open_verification(), ada.confirm()):
        assert answer.status_code == 409
        assert "Your link works again later" in answer.text
        assert MESSAGE in answer.text
        assert "data-press" not in answer.text
    assert ada.browser.post(f"{path}/opened").status_code == 204
    assert query_scalar(runtime, "SELECT link_opened FROM signatures WHERE id = 1") == 0
    # Who has verified sees so; choices wait; withdrawing and one's data do not.
    assert mary.confirm().status_code == 303
    choices = mary.browser.post(manage, data={"action": "consents", "updates": "1"})
    assert (choices.status_code, "This cannot be changed right now" in choices.text) == (409, True)
    assert mary.browser.post(manage, data={"action": "download"}).get_json()["updates"] is False
    assert mary.browser.get(manage).status_code == 200
    assert mary.withdraw().status_code == 303
    run_workers(runtime)
    assert public_count(app) == 0
    throw(runtime, Switch.READ_ONLY, on=False)
    assert ada.confirm(path).status_code == 303
    run_workers(runtime)
    assert public_count(app) == 1


def test_no_page_shows_supporters_while_they_are_hidden(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, supporters="full-name")
    ada = signatory()
    ada.sign(public="1")
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    expire_campaigns()
    reader = app.test_client()
    shown = reader.get("/c/save-the-pond").text
    assert "Ada Lovelace" in shown
    throw(runtime, Switch.HIDE_SUPPORTERS)
    hidden = reader.get("/c/save-the-pond").text
    assert "Ada Lovelace" not in hidden
    assert "Recent supporters" not in hidden
    # What a signatory is asked stays the same: it is not their choice that has changed.
    assert "only if you choose so after signing" in hidden
    throw(runtime, Switch.HIDE_SUPPORTERS, on=False)
    assert reader.get("/c/save-the-pond").text == shown


def test_a_slowed_count_is_kept_longer_and_so_asked_for_more_seldom(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    reader = app.test_client()

    def kept() -> list[str]:
        return [
            reader.get(path).headers["Cache-Control"].split(",")[1].strip()
            for path in ("/c/save-the-pond/count.json", "/c/save-the-pond")
        ]

    assert kept() == ["max-age=1", "max-age=5"]
    throw(runtime, Switch.SLOW_COUNT)
    assert kept() == ["max-age=30", "max-age=60"]
    throw(runtime, Switch.SLOW_COUNT, on=False)
    assert kept() == ["max-age=1", "max-age=5"]


def test_readers_reach_no_database_while_a_switch_is_on(app: Flask, runtime: Runtime, statements: list[str]) -> None:
    new_campaign(runtime)
    throw(runtime, Switch.PAUSE_SIGNING)
    reader = app.test_client()
    reader.get("/c/save-the-pond")
    statements.clear()
    for _ in range(20):
        reader.get("/c/save-the-pond")
        reader.get("/c/save-the-pond/count.json")
        expire_switches()
    assert statements == []


def known_to(process: Flask) -> Switches:
    with process.app_context():
        return current_switches()


def test_every_process_knows_once_half_a_second_is_over(make_runtime: Callable[..., Runtime]) -> None:
    here, process = make_runtime(), make_app(make_runtime())
    assert not known_to(process).pauses_signing
    switches.set_switch(here, COMMAND_LINE, Switch.PAUSE_SIGNING, on=True, message="Soon.")
    assert CACHE_SECONDS <= 0.5, "what is cached is believed no longer"
    wait_until(lambda: known_to(process).pauses_signing, "the other process knows")
    assert known_to(process) == Switches({Switch.PAUSE_SIGNING: "Soon."}, 1)


def test_a_hundred_threads_at_once_ask_once(app: Flask, runtime: Runtime, statements: list[str]) -> None:
    runtime.redis.flushall()
    threads = [threading.Thread(target=known_to, args=(app,)) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statements) == 1


def test_a_process_that_can_ask_nobody_goes_by_what_it_knew(runtime: Runtime, make_runtime: Callable[..., Runtime]) -> None:
    process = make_app(runtime)
    switches.set_switch(runtime, COMMAND_LINE, Switch.HIDE_SUPPORTERS, on=True)
    assert known_to(process).hides_supporters
    install_runtime(process, make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    runtime.redis.flushall()
    expire_switches()
    assert known_to(process).hides_supporters
