"""Matrix test of the public pages: each page × campaign state × count × language answers with its status and valid HTML.

A state is a campaign's stage in its life; a count is of rows, counted by the ledger's own functions. The site of each state
holds a campaign for each count, so that the whole matrix costs some twenty seconds of one processor.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.stages import Stage, current_stage
from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef
from campaign.services.campaigns import drafts, lifecycle
from campaign.services.ledger import finalise
from campaign.services.ledger.count import advance_ledger
from campaign.services.signatures import sign
from tests.html_validator import Validator
from tests.page_states.page_state import problem_report
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, definition, stored_campaign, verify_link_of
from tests.support.pseudo_locale import PSEUDO_LOCALE, pseudo_languages
from tests.support.stored_signatures import store_signatures

GOALS = (2, 3)
LANGUAGES = ("en", "cy", PSEUDO_LOCALE)


@dataclass(frozen=True)
class Count:
    """A number of signatures against the goals: those ever counted, and those of them withdrawn since."""

    name: str
    counted: int
    withdrawn: int = 0

    @property
    def shown(self) -> int:
        return self.counted - self.withdrawn

    @property
    def goal(self) -> int:
        return next((goal for goal in GOALS if goal > self.shown), GOALS[-1])

    @property
    def reached(self) -> list[int]:
        return [goal for goal in GOALS if goal <= self.counted]


COUNTS = (
    Count("no count", 0), Count("below the first goal", 1), Count("first goal", 2), Count("last goal", 3),
    Count("past the last goal", 4), Count("last goal lost again", 3, 1),
)  # fmt: skip
SLUGS = {count: f"pond-{number}" for number, count in enumerate(COUNTS)}
"""Slugs that differ in a number alone; see `Validator`."""


@dataclass(frozen=True)
class Made:
    """A campaign with one of the counts, and the paths that only its signatories and its team know."""

    campaign: Campaign
    count: Count
    pending: str
    verified: str
    own: tuple[str, ...]
    preview: str


@dataclass(frozen=True)
class Visit:
    """One request, and the status it is to be answered with."""

    path: str
    status: int = 200
    form: dict[str, str] | None = None
    check: Callable[[TestResponse, Count], bool] | None = None
    """What else must hold for an answer with status 200, or 422."""


def tally(answer: TestResponse, count: Count) -> bool:
    """Whether the number, the bar, and in English the words of the goal are those of the count."""
    bar = f'<progress max="{count.goal}" value="{min(count.shown, count.goal)}" aria-labelledby="goal-words"'
    reached = f"Goal of {count.goal} reached" if count.shown >= count.goal else f"{count.shown} of {count.goal}"
    in_english = '<html lang="en"' in answer.text
    ladder = [f"{goal} reached on " for goal in count.reached]
    no_next = '<li class="next" data-next hidden>' in answer.text
    return (
        f'<strong data-count="{count.shown}">' in answer.text
        and bar in answer.text
        and (no_next or count.shown < count.goal)
        and (not in_english or f">{reached}</p>" in answer.text)
        and (not in_english or re.findall(r'<li data-rung="\d+">(\d+ reached on )', answer.text) == ladder)
    )


def open_data(answer: TestResponse, count: Count) -> bool:
    told = json.loads(answer.text)["data"]["attributes"]
    milestones = [milestone["goal"] for milestone in told["milestones"]]
    return (told["signature_count"], told["goal"], milestones) == (count.shown, count.goal, count.reached)


def count_data(answer: TestResponse, count: Count) -> bool:
    told = json.loads(answer.text)
    return (told["signatures"], told["goal"]) == (count.shown, count.goal)


def xml(answer: TestResponse, _count: Count) -> bool:
    return bool(ElementTree.fromstring(answer.data).tag)


def svg(answer: TestResponse, _count: Count) -> bool:
    return ElementTree.fromstring(answer.data).tag == "{http://www.w3.org/2000/svg}svg"


def starts_with(mark: bytes) -> Callable[[TestResponse, Count], bool]:
    return lambda answer, _count: answer.data.startswith(mark)


def visits(made: Made, where: Stage) -> Iterator[Visit]:
    """The requests to everything of one campaign that is not the desk's."""
    path = f"/c/{made.campaign.slug}"
    gone = {Stage.DRAFT: 404, Stage.TAKEN_DOWN: 410}.get(where)
    signable, thanked = where is Stage.OPEN, made.count.counted > 0
    yield Visit(path, gone or 200, check=tally)
    yield Visit(f"{path}/embed", gone or 200, check=tally)
    yield Visit(f"{path}/signatures", gone or (422 if signable else 409), {"email": "x", "country": "GB"}, check=tally)
    yield Visit(f"{path}/thanks", gone or (200 if thanked else 303), check=tally)
    yield Visit(f"{path}/thanks/friends.json", gone or (200 if thanked else 404))
    for page in (
        "check-your-email",
        "share",
        "share/mastodon",
        "share/mastodon?server=mastodon.example",
        "history",
        "privacy",
        "how-we-count",
        "places",
        "updates",
    ):
        yield Visit(f"{path}/{page}", gone or 200)
    yield Visit(f"{path}/share/mastodon?server=not+a+server", gone or 422)
    yield Visit(f"{path}/updates/1", gone or 404)
    yield Visit(f"{path}/updates/feed.atom", gone or 200, check=xml)
    yield Visit(f"{path}/count.json", gone or 200, check=count_data)
    yield Visit(f"{path}/history.json", gone or 200)
    yield Visit(f"{path}/history.csv", gone or 200)
    yield Visit(f"{path}.json", gone or 200, check=open_data)
    for name in ("card.png", "card.jpg", "card-square.png"):
        yield Visit(f"{path}/{name}", gone or 200, check=starts_with(b"\x89PNG"))
    yield Visit(f"{path}/badge.svg", gone or 200, check=svg)
    yield Visit(f"{path}/picture-480.webp", gone or 404)
    yield Visit(f"{path}/image-0123456789abcdef-480.webp", gone or 404)
    if made.count.name == "last goal":
        # What is the same page with one more sentence, or has no number on it. Who was wronged by a campaign can say so later.
        yield Visit(f"{path}/complaint", 404 if where is Stage.DRAFT else 200)
        yield Visit(f"{path}/signatures", gone or (422 if signable else 409), {"text": "0" * 64, **_FORM}, check=tally)
        yield Visit(f"{path}/poster.pdf", gone or 200, check=starts_with(b"%PDF"))
        yield Visit(f"{path}/qr.svg", gone or 200, check=svg)
        yield Visit(f"{path}/qr.png", gone or 200, check=starts_with(b"\x89PNG"))
    yield Visit(made.preview, 200 if where is Stage.DRAFT else 404 if gone else 303, check=tally)
    if where is not Stage.DRAFT:
        yield Visit(made.pending, gone or (409 if where is Stage.FINAL else 200))
        if made.verified:
            yield Visit(made.verified, gone or 200)
        yield from (Visit(own) for own in made.own)
        # What was just counted is not in the log yet.
        yield from (Visit(f"{own}/receipt", 409) for own in made.own)


def lists(made: Made) -> Iterator[Visit]:
    """The requests to what shows all campaigns of the site, made once."""
    if made.count is COUNTS[0]:
        yield from map(Visit, ("/", "/?list=open", "/?list=closed", "/?q=pond", "/privacy", "/about", "/accessibility"))
        yield from (Visit(path, check=xml) for path in ("/campaigns.atom", "/sitemap.xml"))


_FORM = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB", "postcode": "SW1A 1AA"}
_WELSH = {"title": "Achubwch y pwll", "recipient": "Y cyngor cymuned", "ask": "Cadwch y pwll.", "background": "Mae’n hen."}


def make(runtime: Runtime, browser: FlaskClient, count: Count, where: Stage) -> Made:
    """A campaign at a stage with a count."""
    slug = SLUGS[count]
    welsh = language_version(slug, "cy", **_WELSH)
    campaign = drafts.create_draft(
        runtime, COMMAND_LINE, definition(slug=slug, goals=GOALS, contact="pond@example.org", translations=(welsh,))
    )
    preview = f"/preview/{slug}/{drafts.preview_key(runtime, campaign.id)}"
    if where is not Stage.DRAFT:
        opens_at = START_TIME + timedelta(hours=1) if where is Stage.SCHEDULED else None
        assert lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE, opens_at)
    pending, *verified = store_signatures(runtime, campaign, [{"state": "pending"}, *[{}] * count.counted])
    advance_ledger(runtime, campaign.id)
    for number in verified[: count.withdrawn]:
        assert sign.withdraw_signature(runtime, number)
    advance_ledger(runtime, campaign.id)
    links = {number: verify_link_of(runtime, number) for number in (pending, *verified)}
    tokens = {number: runtime.tokens.verify_token(*link) for number, link in links.items()}
    if verified and where is not Stage.DRAFT:
        # The browser that verified is thanked.
        assert browser.post(f"/v/{tokens[verified[-1]]}").status_code == 303
    campaign = stored_campaign(runtime, campaign)
    return Made(
        campaign, count, f"/v/{tokens[pending]}", f"/v/{tokens[verified[-1]]}" if verified else "",
        tuple(f"/s/{runtime.tokens.manage_token(*SignatureRef(*links[number][:2]))}" for number in (pending, *verified[:1])),
        preview,
    )  # fmt: skip


def move(runtime: Runtime, now: ManualClock, campaign: Campaign, where: Stage) -> None:
    """Bring an open campaign to a stage."""
    match where:
        case Stage.PAUSED:
            assert lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "Back this afternoon.")
        case Stage.CLOSED:
            now.at = campaign.window.closes_at
        case Stage.FINAL:
            now.at = campaign.window.verify_until + FINALISATION_DELAY
            assert finalise.finalise_campaign(runtime, campaign.id)
        case Stage.TAKEN_DOWN:
            assert lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)


@dataclass
class Site:
    """A site in three languages with a campaign for each count, all at one stage."""

    app: Flask
    browser: FlaskClient
    where: Stage
    made: list[Made]


@pytest.fixture(params=Stage, ids=lambda where: where.name.lower())
def site(request: pytest.FixtureRequest, runtime: Runtime, now: ManualClock, tmp_path: Path) -> Site:
    app = make_app(runtime, pseudo_languages(tmp_path / "translations"))
    browser, where = app.test_client(), request.param
    made = [make(runtime, browser, count, where) for count in COUNTS]
    for campaign in made:
        move(runtime, now, campaign.campaign, where)
    expire_campaigns()
    assert {current_stage(stored_campaign(runtime, one.campaign), now()) for one in made} == {where}
    return Site(app, browser, where, made)


_VALIDATOR = Validator()
"""Shared by all stages: many a page is the same in several of them."""


def wrong(answer: TestResponse, visit: Visit, count: Count, language: str) -> Iterator[str]:
    """What is wrong with an answer."""
    if answer.status_code != visit.status:
        yield f"answers {answer.status_code}, not {visit.status}"
        return
    if answer.mimetype == "text/html" and answer.status_code != HTTPStatus.SEE_OTHER:
        yield from _VALIDATOR.problems(answer.text)
        if f'<html lang="{language}"' not in answer.text:
            yield f"is not in {language}"
    shown = answer.status_code in (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY)
    if shown and visit.check and not visit.check(answer, count):
        yield "does not show what it should"


# Pages are the same whichever database they come from; what both are asked is tested with the store.
def test_each_page_answers_with_its_status_and_valid_html(site: Site) -> None:
    found, asked = {}, set()
    for made, visit in [(one, visit) for one in site.made for visit in (*visits(one, site.where), *lists(one))]:
        for language in LANGUAGES:
            path = f"{visit.path}{'&' if '?' in visit.path else '?'}lang={language}"
            answer = site.browser.open(path, method="POST" if visit.form else "GET", data=visit.form)
            name = f"{made.count.name}: {path.replace(made.campaign.slug, '…')}"
            found[name] = list(wrong(answer, visit, made.count, language))
            asked.add(answer.request.path)
    complaint = problem_report(found)
    assert not complaint, complaint
    if site.where is Stage.OPEN:
        # The first leads back to the form, the second is asked with the preview's page.
        left = {
            "/c/<slug>/signatures", "/preview/<slug>/<key>/image-<name>",
        }  # fmt: skip
        assert public_routes(site.app) - rules(site.app, asked) == left


def public_routes(app: Flask) -> set[str]:
    """The routes that answer a GET about one campaign, the desk's aside."""
    return {
        rule.rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/c/<slug>", "/v/", "/s/", "/preview/")) and "GET" in (rule.methods or ())
    }  # fmt: skip


def rules(app: Flask, paths: set[str]) -> set[str]:
    """The routes of paths that were asked with a GET."""
    adapter = app.url_map.bind("localhost")
    posted = {path for path in paths if path.endswith("/signatures")}
    return {adapter.match(path, return_rule=True)[0].rule for path in paths - posted}
