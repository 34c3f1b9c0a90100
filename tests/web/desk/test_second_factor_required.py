"""Routes at which one must show or have a second factor; and what only who has just proved who they are may do."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from campaign.domain.accounts.second_factor import OPERATOR_GRACE
from campaign.runtime import Runtime
from campaign.store.accounts import passkeys
from campaign.store.redis.sessions import REAUTHENTICATION_WINDOW
from tests.support.desk_client import DeskClient, new_session, page_text
from tests.support.factories import ManualClock
from tests.web.desk.test_access_by_role import ACCESS_ROWS, RoleClients, _outcome, _path
from tests.web.desk.test_resend import ORIGIN, resent

PROVING_ROUTES = {
    rule
    for _, rule in ACCESS_ROWS
    if rule.startswith(("/desk/confirm", "/desk/account/passkeys", "/desk/account/second-factor")) or rule == "/desk/done"
}
"""Where a second factor is shown, or set up."""


def outcomes(somebody: DeskClient, names: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What somebody comes to at every route that is not for strangers, without a word in the form."""
    return {
        (method, rule): _outcome((somebody.get if method == "GET" else somebody.post)(_path(rule, names)))
        for (method, rule), row in ACCESS_ROWS.items()
        if row[0] in ("sign-in", "401")
        and rule not in ("/desk/sign-in/code", "/desk/c/<slug>/team/leave", "/desk/account/passkeys/<int:number>/remove")
    }


def test_a_session_without_the_second_factor_of_its_campaigner_opens_nothing(
    app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    owner, names = RoleClients(app, runtime, now).new("owner", operator=True)
    assert new_session(runtime, app, owner.id, second_factor=True).get("/desk/").status_code == 200
    by_mail_alone = new_session(runtime, app, owner.id)
    found = outcomes(by_mail_alone, names)
    assert {route: come for route, come in found.items() if come != "confirm" and not route[1].startswith("/desk/confirm")} == {
        ("GET", "/desk/done"): "200"
    }


def test_an_operator_must_have_a_second_factor_a_week_after_the_first_start(
    app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    world = RoleClients(app, runtime, now)
    world.new("stale")
    operator, names = world.new("owner", operator=True)
    with runtime.transaction() as connection:
        passkeys.remove_all_passkeys(connection, operator.id)
    # The site's first campaigner is the one whose proof is stale: they came before all others.
    started = now() - REAUTHENTICATION_WINDOW - timedelta(minutes=1)
    now.at = started + OPERATOR_GRACE - timedelta(seconds=1)
    last_day = new_session(runtime, app, operator.id)
    assert "From then on the desk asks for it first" in page_text(last_day.get("/desk/site/"))
    assert last_day.get("/desk/site/switches").status_code == 200
    assert "From 30 November 2026 the desk asks" in page_text(last_day.get("/desk/account/second-factor"))

    now.advance(seconds=1)
    overdue = new_session(runtime, app, operator.id)
    found = outcomes(overdue, names)
    assert {route for route, come in found.items() if come != "factor"} == {
        route for route in found if route[1] in PROVING_ROUTES
    }
    assert "You look after this site, so the desk waits" in page_text(overdue.get("/desk/account/second-factor"))
    # What was typed is not lost by it.
    refused = overdue.post("/desk/account/name", {"name": "Mary Jane Seacole"}, headers=ORIGIN)
    assert (refused.status_code, resent(refused)["name"]) == (401, "Mary Jane Seacole")
    # Everybody else is left alone.
    viewer, _ = world.new("viewer")
    assert viewer.get("/desk/").status_code == 200


GRAVE_FORMS = {
    "/desk/site/switches/pause-signing": {"on": "1", "message": "Back at noon, we hope"},
    "/desk/site/campaigns/<slug>/take-down": {"reason": "A court says so"},
    "/desk/site/people/invite": {"email": "new campaigner@example.org"},
    "/desk/c/<slug>/running/take-down": {"reason": "A court says so"},
    "/desk/c/<slug>/running/close": {"reason": "It is won, all of it"},
    "/desk/c/<slug>/team/invite": {"email": "new campaigner@example.org", "role": "viewer"},
    "/desk/c/<slug>/batches": {"kind": "program", "reason": "A script did it", "confirm": "1"},
    "/desk/c/<slug>/batches/<int:number>/undo": {"reason": "They were people", "confirm": "1"},
    "/desk/c/<slug>/paper/intakes/<int:number>/undo": {"reason": "Typed in twice", "confirm": "1"},
}


@pytest.mark.parametrize("rule", GRAVE_FORMS)
def test_a_grave_act_waits_for_a_new_proof_and_loses_no_word(app: Flask, runtime: Runtime, now: ManualClock, rule: str) -> None:
    operator, names = RoleClients(app, runtime, now).new("owner", operator=True)
    path, typed = _path(rule, names), GRAVE_FORMS[rule]
    now.advance(seconds=timedelta(minutes=11).total_seconds())
    asked = operator.post(path, typed, headers=ORIGIN)
    assert asked.status_code == 401, asked.location
    assert "Confirm that it is you first" in asked.text
    assert resent(asked) == {"csrf": operator.csrf, **typed}
    again = new_session(runtime, app, operator.id, second_factor=True)
    assert again.post(path, typed).status_code != 401
