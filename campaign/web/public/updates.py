"""Updates of a campaign for everybody: the list, each of them, the feed; and a link by which one wants no more of them."""

from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element

from flask import Blueprint, Response, abort, make_response, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_utc
from campaign.security.tokens import InvalidTokenError, UnsubscribeRef
from campaign.services.updates import read, unsubscribe
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region, page_response
from campaign.web.language import page_language, use_campaign_language, use_signatory_language
from campaign.web.public.cached_campaign_page import campaign_colours_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort, find_published
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.feeds import ATOM_NAMESPACE, FEED_MAX_AGE_SECONDS, add_element, xml_text
from campaign.web.public.update_view import UpdateView, update_view
from campaign.web.security_headers import no_store_no_referrer
from campaign.web.translation import gettext

UPDATES_MAX_AGE_SECONDS = 60
"""How long anybody may keep these pages."""
MAX_NUMBER = 2**31 - 1
MAX_PAGES = 1_000
_PAGES = page_region("updates", 400, PAGE_CACHE_SECONDS)

blueprint = Blueprint("updates", __name__)


@blueprint.get("/c/<slug>/updates")
def show_updates(slug: str) -> Response:
    """The updates of a campaign, newest first, a page at a time (`?page=`)."""
    typed = request.args.get("page", "")
    number = min(max(int(typed), 1), MAX_PAGES) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 1
    campaign = find_campaign_or_abort(slug)

    def render() -> str:
        page = read.list_published(runtime(), campaign, number)
        return render_template(
            "campaign/updates.html",
            campaign=campaign_view(campaign, runtime().now()),
            updates=[update_view(each, campaign) for each in page.updates],
            older_page=number + 1 if page.has_older else 0,
        )

    key = (campaign.slug, campaign.revision, number, use_campaign_language(campaign))
    return campaign_colours_response(campaign, cached_page(_PAGES, key, render), UPDATES_MAX_AGE_SECONDS)


@blueprint.get("/c/<slug>/updates/<int:number>")
def show_update(slug: str, number: int) -> Response:
    """One update of a campaign."""
    campaign = find_campaign_or_abort(slug)
    if not 0 < number <= MAX_NUMBER:
        abort(404)

    def render() -> str | None:
        update = read.get_published(runtime(), campaign, number)
        if update is None:
            return None
        return render_template(
            "campaign/update.html",
            campaign=campaign_view(campaign, runtime().now()),
            update=update_view(update, campaign),
        )

    key = (campaign.slug, campaign.revision, number, "one", use_campaign_language(campaign))
    return campaign_colours_response(campaign, cached_page(_PAGES, key, render), UPDATES_MAX_AGE_SECONDS)


@blueprint.get("/c/<slug>/updates/feed.atom")
def show_updates_feed(slug: str) -> Response:
    """The newest updates of a campaign, for feed readers."""
    campaign = find_campaign_or_abort(slug)
    language = use_campaign_language(campaign)
    key = (campaign.slug, campaign.revision, "feed", language)
    page = cached_page(_PAGES, key, lambda: xml_text(_feed(campaign)))
    return page_response(page, mimetype="application/atom+xml", max_age_seconds=FEED_MAX_AGE_SECONDS)


@blueprint.get("/u/<token>")
def show_unsubscribe(token: str) -> Response:
    """The page with the button that unsubscribes. Opening it changes nothing: scanners of mail follow links."""
    return _unsubscribe_page(token, _link_or_404(token))


@blueprint.post("/u/<token>")
def submit_unsubscribe(token: str) -> Response:
    """Unsubscribe at once, for the button and for mail programs (RFC 8058): no cookie, no redirect, and no fault if repeated.

    Also while the site is read-only: nobody is mailed against their will.
    """
    link = _link_or_404(token)
    unsubscribe.unsubscribe(runtime(), link)
    return _unsubscribe_page(token, link)


def _unsubscribe_page(token: str, link: UnsubscribeRef) -> Response:
    found = unsubscribe.get_subscription(runtime(), link)
    if found is not None:
        use_signatory_language(found.language, find_published(found.slug))
    page = render_template("campaign/unsubscribe.html", token=token, subscription=found)
    return no_store_no_referrer(make_response(page))


def _link_or_404(token: str) -> UnsubscribeRef:
    try:
        return runtime().tokens.read_unsubscribe(token)
    except InvalidTokenError:
        abort(404)


def _feed(campaign: Campaign) -> Element:
    """Atom (RFC 4287). The number of an update is its identity for ever; changing it changes `updated` alone."""
    url, page = runtime().tokens.absolute_url, read.list_published(runtime(), campaign)
    here, views = f"/c/{campaign.slug}/updates", [update_view(each, campaign) for each in page.updates]
    version = campaign.in_language(page_language().content_code)
    root = Element("feed", {"xmlns": ATOM_NAMESPACE, "xml:lang": version.language})
    add_element(root, "id", _stable_id(campaign, 0))
    add_element(root, "title", version.text.title)
    newest = max((each.changed_at for each in page.updates), default=campaign.window.opens_at)
    add_element(root, "updated", format_utc(newest))
    author = add_element(root, "author")
    add_element(author, "name", gettext("The campaigners"))
    add_element(root, "link", rel="self", type="application/atom+xml", href=url(f"{here}/feed.atom"))
    add_element(root, "link", rel="alternate", type="text/html", href=url(here))
    for view in views:
        _add_entry(root, view, _stable_id(campaign, view.number), url(view.path))
    return root


def _stable_id(campaign: Campaign, number: int) -> str:
    """Identity of an update, or (0) of the feed: the same for ever, also where the campaign is given another address."""
    return uuid5(NAMESPACE_URL, f"{runtime().tokens.absolute_url('/petitions')}/{campaign.id}/updates/{number}").urn


def _add_entry(root: Element, view: UpdateView, identity: str, address: str) -> None:
    entry = add_element(root, "entry")
    add_element(entry, "id", identity)
    add_element(entry, "title", view.title)
    add_element(entry, "published", view.published_at)
    add_element(entry, "updated", view.changed_at)
    add_element(entry, "link", rel="alternate", type="text/html", href=address)
    picture_url = runtime().tokens.absolute_url(view.feed_picture) if view.feed_picture else ""
    add_element(entry, "content", view.whole_html(picture_url), type="html")
