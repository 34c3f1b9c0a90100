"""Open data in the e-petition shape under numbers: the list by state and page, and each campaign by its number."""

import json

from flask import Blueprint, Response, abort, redirect, request

from campaign.services.campaigns import petitions
from campaign.services.campaigns.petitions import PETITION_STATES, PetitionState
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import REDIRECT_MAX_AGE_SECONDS, find_campaign_or_abort
from campaign.web.public.petition_json import petition
from campaign.web.public.public_json import public_json
from campaign.web.site_switches import current_switches, with_site_pause

PETITIONS_CACHE_SECONDS = 10
"""How long anybody, this process included, may keep a list, an item, and which campaign has which number."""
_MAX_CACHED_BYTES = 8 * 1024 * 1024
_MAX_PAGE_DIGITS = 7
_LISTS: Region[str | None] = Region(
    "petition lists", max_entries=500, seconds=PETITIONS_CACHE_SECONDS, max_bytes=_MAX_CACHED_BYTES,
    size=lambda body: len(body or ""), flight="petition lists", stale_if_unavailable=True,
)  # fmt: skip
_ITEMS: Region[str] = Region(
    "petitions", max_entries=1_000, seconds=PETITIONS_CACHE_SECONDS, max_bytes=_MAX_CACHED_BYTES, size=len
)
_NUMBERS: Region[dict[int, str]] = Region(
    "petition numbers", max_entries=1, seconds=PETITIONS_CACHE_SECONDS, stale_if_unavailable=True
)

blueprint = Blueprint("petitions", __name__)


@blueprint.get("/petitions.json")
def show_list() -> Response:
    """One page of the public campaigns in a state, the newest first. 400 for what is no state or page, 404 beyond the last."""
    state, typed = request.args.get("state") or "all", request.args.get("page") or "1"
    if state not in PETITION_STATES or not (typed.isascii() and typed.isdecimal() and len(typed) <= _MAX_PAGE_DIGITS):
        abort(400)
    page = int(typed)
    if page < 1:
        abort(400)
    body = process_cache().get(_LISTS, (state, page), lambda: _list_body(state, page))
    return public_json(abort(404) if body is None else body, PETITIONS_CACHE_SECONDS)


@blueprint.get("/petitions/<int:number>.json")
def show_item(number: int) -> Response:
    """The campaign with a number, as `/c/<slug>.json` has it."""
    slug = _slug_or_abort(number)
    body = process_cache().get(_ITEMS, number, lambda: _item_body(number, slug))
    return public_json(body, PETITIONS_CACHE_SECONDS)


@blueprint.get("/petitions/<int:number>")
def go_to_campaign(number: int) -> Response:
    """The page of the campaign with a number: where programs look for it that know the address of its data."""
    response = redirect(f"/c/{find_campaign_or_abort(_slug_or_abort(number)).slug}", 302)
    response.headers["Cache-Control"] = f"public, max-age={REDIRECT_MAX_AGE_SECONDS}"
    return response  # type: ignore[return-value]


def _slug_or_abort(number: int) -> str:
    """404 also for a draft: its number says no more than that it is none of ours."""
    found = process_cache().get(_NUMBERS, "all", lambda: petitions.slugs_by_number(runtime())).get(number)
    return abort(404) if found is None else found


def _item_body(number: int, slug: str) -> str:
    campaign, url = find_campaign_or_abort(slug), _url(f"/petitions/{number}.json")
    return json.dumps({"links": {"self": url}, "data": petition(campaign, number, url, places=True)}, ensure_ascii=False)


def _list_body(state: PetitionState, page: int) -> str | None:
    site_paused = current_switches().pauses_signing
    found = petitions.list_petitions(runtime(), state, page, runtime().now(), site_paused=site_paused)
    if page > found.last:
        return None
    links = {
        "self": _page_url(state, page),
        "first": _page_url(state, 1),
        "last": _page_url(state, found.last),
        "next": _page_url(state, page + 1) if page < found.last else None,
        "prev": _page_url(state, page - 1) if page > 1 else None,
    }
    items = [
        petition(with_site_pause(campaign), campaign.id, _url(f"/petitions/{campaign.id}.json"), places=False)
        for campaign in found.campaigns
    ]
    return json.dumps({"links": links, "data": items}, ensure_ascii=False)


def _page_url(state: PetitionState, page: int) -> str:
    return _url(f"/petitions.json?state={state}&page={page}")


def _url(path: str) -> str:
    return runtime().tokens.absolute_url(path)
