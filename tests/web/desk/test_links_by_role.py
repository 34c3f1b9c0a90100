"""Links of the desk: from page to page of a campaign with one of everything, as everybody, without ever being refused."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import text, update

from campaign.domain.accounts.actor import SITE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.tables import metadata
from tests.support.caches import expire_campaigns
from tests.support.desk_client import DeskClient
from tests.support.factories import START_TIME, ManualClock, sign_form_data
from tests.web.desk.route_values import RouteValues
from tests.web.desk.test_access_by_role import ACCESS_ROWS, RoleClients, _path

_ENDS = {
    "held": "state = 'verified', verified_at = signed_at, held_flag_id = :flag, held_at = signed_at",
    "batch": "state = 'invalidated', ended_at = signed_at, batch_id = :batch, ended_class = 'program'",
    "paper": "state = 'verified', verified_at = signed_at, kind = 'paper', intake_id = :intake, line = 1",
    "erased": "state = 'withdrawn', ended_at = signed_at, name = 'erased', email = '', erased_at = signed_at",
}
"""What becomes of signatures that a link of their page is about, by what their names are here."""
_AT = START_TIME - timedelta(minutes=1)
STATES: dict[str, dict[str, Any]] = {
    "paused": {"paused": True},
    "closed": {"paused": False, "closes_at": _AT, "verify_until": _AT},
    "final": {"finalised_at": _AT},
    "taken down": {"taken_down_at": _AT},
    "draft": {"taken_down_at": None, "finalised_at": None, "published_at": None},
}
"""States of a campaign, each made of the one before it: the columns that change."""
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
_RAW = re.compile(
    r"%\(\w+\)|\{\{|\bNone\b(?![:”]| yet| of| older)|\b1 (?:signatures|people|days|mails|flags|campaigns|members|rows)\b"
)
"""What no page says: a placeholder without its value, a value that is none, and a plural for one."""


def add_signatures(runtime: Runtime, names: RouteValues) -> None:
    """Signatures that were held, invalidated together, brought in on paper and erased, and an entry that nobody made."""
    with runtime.transaction() as connection:
        campaign = campaigns.get_by_slug(connection, str(names["c/slug"]))
        assert campaign is not None
        audit_log.record(connection, SITE, "retain", runtime.now(), campaign_id=campaign.id, after={"state": "verified"})
    of = {"flag": names["flags/number"], "batch": names["batches/number"], "intake": names["intakes/number"]}
    for name, change in _ENDS.items():
        sign.sign_campaign(
            runtime, campaign.id, campaign.text.hash, sign_form_data(f"{name}@{campaign.slug}.example", name=name.title())
        )
        with runtime.transaction() as connection:
            used = {key: value for key, value in of.items() if f":{key}" in change}
            sql = text(f"UPDATE signatures SET {change} WHERE campaign_id = :campaign AND name = :name")
            done = connection.execute(sql, {**used, "campaign": campaign.id, "name": name.title()})
            assert done.rowcount == 1


def links_of(html: str, page: str) -> list[str]:
    """Where the links of a page lead, within this site."""
    parts = [urlsplit(urljoin(f"https://localhost{page}", unescape(address))) for address in _LINK.findall(html)]
    return [f"{at.path}?{at.query}" if at.query else at.path for at in parts if at.netloc == "localhost"]


def walk(somebody: DeskClient, start: str) -> tuple[int, dict[str, str]]:
    """How many pages somebody comes to by links, and what is wrong, by where: an address, and the page that led there."""
    waiting, seen, shapes, wrong = [(start, "")], {start}, dict[str, int](), dict[str, str]()
    for path, led_from in waiting:
        shape = re.sub(r"\d+", "N", re.sub(r"=[^&]*", "=", path))
        shapes[shape] = shapes.get(shape, 0) + 1
        # Of a list that is sorted or narrowed in every way a few are enough; of signatures each kind is looked at.
        if shapes[shape] > (12 if "/signatures/N" in shape else 2):
            continue
        answer = somebody.get(path)
        # Of nobody there is nothing to invalidate, and a saved search may be by what one sees no longer: both pages say so.
        if answer.status_code >= 400 and not re.search(r"/batches/new|[?]saved=", path):
            wrong[f"{path} from {led_from}"] = str(answer.status_code)
        if answer.location:
            waiting.append((answer.location, path))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        if found := _RAW.search(re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)):
            wrong[path] = found[0]
        for link in links_of(answer.text, path):
            if link not in seen and link.startswith("/desk/"):
                seen.add(link)
                waiting.append((link, path))
    return len(shapes), wrong


@pytest.mark.timeout(120)
def test_no_link_of_the_desk_leads_to_a_refusal_or_to_nothing(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    world = RoleClients(app, runtime, now)
    for who in (*map(str, Role), "operator"):
        somebody, names = world.new(who)
        add_signatures(runtime, names)
        pages, wrong = walk(somebody, "/desk/site/" if who == "operator" else f"/desk/c/{names['c/slug']}/")
        assert wrong == {}, who
        assert pages >= {"typist": 5, "viewer": 15, "operator": 15}.get(who, 20)


def test_every_page_of_the_desk_answers_in_every_state_of_a_campaign(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    somebody, names = RoleClients(app, runtime, now).new("owner", operator=True)
    add_signatures(runtime, names)
    pages = [_path(rule, names) for method, rule in ACCESS_ROWS if method == "GET" and rule.startswith("/desk/c/")]
    wrong = {}
    for state, change in STATES.items():
        with runtime.transaction() as connection:
            table = metadata.tables["campaigns"]
            changed = {**change, "revision": table.c.revision + 1}
            connection.execute(update(table).where(table.c.slug == names["c/slug"]).values(changed))
        with runtime.reading() as connection:
            campaign = campaigns.get_by_slug(connection, str(names["c/slug"]))
        assert campaign is not None
        runtime.cache_campaign(campaign)
        expire_campaigns()
        wrong |= {(state, page): status for page in pages if (status := somebody.get(page).status_code) >= 500}
    assert wrong == {}
