"""Access control of the desk: sessions, and a requirement for every route; who may do what is `test_access_by_role`."""

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Permission, Role
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.store.redis import sessions
from campaign.web.desk.access import ACCESS_TABLE, DeskBlueprint, requires
from tests.conftest import on_both_databases
from tests.support.desk_client import new_campaigner
from tests.support.factories import ManualClock, new_campaign


def test_a_stranger_is_asked_to_sign_in_and_led_back(app: Flask) -> None:
    answer = app.test_client().get("/desk/")
    assert (answer.status_code, answer.location) == (303, "/desk/sign-in?next=%2Fdesk%2F")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_campaigner_sees_the_campaigns_of_their_teams(app: Flask, runtime: Runtime) -> None:
    pond, moor = new_campaign(runtime), new_campaign(runtime, slug="moor", title="Save the moor")
    mary = new_campaigner(runtime, app, moor, Role.EDITOR)
    page = mary.get("/desk/")
    assert page.status_code == 200
    assert moor.text.title in page.text
    assert pond.text.title not in page.text


def test_every_route_of_the_desk_goes_through_access_control(app: Flask) -> None:
    routes = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
    assert routes
    assert [rule.rule for rule in routes if app.view_functions[rule.endpoint] not in ACCESS_TABLE] == []


def test_a_blueprint_of_the_desk_takes_no_view_without_a_permission() -> None:
    blueprint = DeskBlueprint("open")
    with pytest.raises(LookupError, match="/desk/open"):
        blueprint.get("/desk/open")(lambda: "anybody may read this")
    with pytest.raises(LookupError, match="/elsewhere"):
        blueprint.get("/elsewhere")(requires(Permission.OWN_ACCOUNT)(lambda _context: "not of the desk"))


@pytest.mark.parametrize("hours", [13, 24 * 8])
def test_a_session_ends_when_it_is_idle_or_old(app: Flask, runtime: Runtime, now: ManualClock, hours: int) -> None:
    mary = new_campaigner(runtime, app)
    assert mary.get("/desk/").status_code == 200
    now.advance(hours=hours)
    assert mary.get("/desk/").status_code == 303


def test_a_session_that_is_used_lives_but_not_for_ever(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    mary = new_campaigner(runtime, app)
    for _ in range(15):
        now.advance(hours=11)
        assert mary.get("/desk/").status_code == 200
    now.advance(hours=11)
    assert mary.get("/desk/").status_code == 303


def test_who_is_signed_out_elsewhere_is_signed_out(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app)
    sessions.end_all_sessions(runtime.redis, mary.id)
    assert mary.get("/desk/").status_code == 303
    assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now()) == []


@pytest.mark.parametrize(
    ("address", "asked", "words"),
    [
        ("/desk/nowhere", "cy-GB, en", "Heb ddod o hyd i’r dudalen"),
        ("/desk/nowhere?lang=cy", "en", "Heb ddod o hyd i’r dudalen"),
        ("/desk/nowhere?lang=en", "cy", "Page not found"),
        ("/desk/nowhere", "fr, de", "Page not found"),
    ],
)
def test_errors_of_the_desk_are_in_a_language_it_has_before_anybody_is_signed_in(
    app: Flask, address: str, asked: str, words: str
) -> None:
    page = app.test_client().get(address, headers={"Accept-Language": asked})
    assert page.status_code == 404
    assert words in page.text
    assert "/static/desk.css" in page.text


@on_both_databases
def test_an_address_that_a_campaign_had_leads_its_team_to_the_same_page_and_nobody_else(app: Flask, runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    mary, stranger = new_campaigner(runtime, app, pond, Role.OWNER), new_campaigner(runtime, app)
    old = f"/desk/c/{pond.slug}/signatures"
    assert lifecycle.change_slug(runtime, pond, COMMAND_LINE, "village-pond") is not None
    # Mails that were sent before name it, and so do pages that are open.
    led = mary.get(f"{old}?states=pending")
    assert (led.status_code, led.location) == (303, "/desk/c/village-pond/signatures?states=pending")
    sent = mary.post(old, {"name": "Ada"})
    assert (sent.status_code, sent.location) == (308, "/desk/c/village-pond/signatures")
    assert [stranger.get(old).status_code, stranger.post(old).status_code, mary.get("/desk/c/moor/").status_code] == [404] * 3
