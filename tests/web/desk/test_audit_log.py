"""The pages of the audit trail: in words, narrowed without a script, and as a file."""

import csv
import io
import re

from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.site import switches
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign


def test_an_owner_reads_what_was_done_in_words(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime, time_zone="Europe/Paris")
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    actor = Actor("<b>Mary</b>", mary.id, "203.0.113.0/24")
    lifecycle.extend_deadline(runtime, campaign, actor, campaign.window.closes_at.replace(hour=20), "More time & more names")
    page = mary.get("/desk/c/save-the-pond/audit")
    assert page.status_code == 200
    assert "<bdi>&lt;b&gt;Mary&lt;/b&gt;</bdi></strong> extended the deadline" in page.text
    said = page_text(page)
    assert "deadline before: 23 December 2026 at 1:00 pm CET → after: 23 December 2026 at 9:00 pm CET" in said
    assert "Reason: “ More time &amp; more names ”" in said
    assert "23 November 2026 at 1:00 pm CET · from 203.0.113.0/24 · line 2" in said
    assert "the site itself began the campaign" in said


def test_only_owners_and_the_operator_read_it(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for role, status in ((Role.OWNER, 200), (Role.EDITOR, 403), (Role.MODERATOR, 403), (Role.VIEWER, 403)):
        assert new_campaigner(runtime, app, campaign, role).get("/desk/c/save-the-pond/audit").status_code == status
    ida = new_campaigner(runtime, app, operator=True)
    assert ida.get("/desk/c/save-the-pond/audit").status_code == 200
    assert ida.get("/desk/site/audit").status_code == 200
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert owner.get("/desk/site/audit").status_code == 404
    assert owner.post("/desk/site/audit.csv").status_code == 404


def test_it_is_narrowed_and_leafed_through_by_address(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    with runtime.transaction() as connection:
        for number in range(120):
            audit_log.record(
                connection, Actor("Mary", mary.id), "dismiss flag", now(), campaign_id=campaign.id, subject=f"flag {number}"
            )
    here = "/desk/c/save-the-pond/audit"

    def flags(path: str) -> tuple[list[str], str]:
        page = mary.get(path)
        assert page.status_code == 200
        older = re.search(r'href="([^"]+)" rel="next"', page.text)
        return re.findall(r"<bdi>(flag \d+)</bdi>", page.text), older[1].replace("&amp;", "&") if older else ""

    seen, path = [], f"{here}?act=dismiss+flag&who={mary.id}&from=2026-11-23&to=2026-11-23"
    while path:
        found, path = flags(path)
        seen += found
    assert seen == [f"flag {number}" for number in reversed(range(120))]
    assert flags(f"{here}?act=create+campaign") == ([], "")
    assert flags(f"{here}?to=2026-11-22") == ([], "")
    assert "Nothing found" in mary.get(f"{here}?who=0&act=dismiss+flag").text
    wrong = mary.get(f"{here}?from=yesterday&who=x&before=999999999999999999999")
    assert wrong.status_code == 422
    assert "Write a day, as in 2027-03-31." in wrong.text
    assert 'value="yesterday"' in wrong.text


def test_the_file_is_what_the_page_is_narrowed_to_and_taking_it_is_written_down(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "=1+1")
    answer = mary.post("/desk/c/save-the-pond/audit.csv?act=pause+campaign")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-save-the-pond.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["act"], row["reason"]) for row in rows] == [("pause campaign", "'=1+1")]
    assert "exported the audit trail" in mary.get("/desk/c/save-the-pond/audit").text


@on_both_databases
def test_the_operator_reads_of_the_whole_site(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True, message="Moving.")
    ida = new_campaigner(runtime, app, operator=True)
    said = page_text(ida.get("/desk/site/audit"))
    assert "command line threw a switch · read-only" in said
    assert "message after: Moving." in said
    assert "on before: no → after: yes" in said
    page = ida.get("/desk/site/audit").text
    assert 'href="/desk/c/save-the-pond/"' in page
    # Also while the site is read-only: it changes nothing.
    assert ida.post("/desk/site/audit.csv").text.count("\r\n") == 4
