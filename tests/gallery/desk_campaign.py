"""Pages on which a campaign is made and run."""

from datetime import timedelta

from campaign import drafting
from campaign import running as lives
from campaign.domain.actor import COMMAND_LINE, Actor
from campaign.domain.role import Role
from tests.factories import definition
from tests.gallery.office import Office
from tests.gallery.words import LONG_WORD


def making(office: Office) -> None:
    """A new campaign, its text, picture and settings."""
    office.add("new campaign", "/campaigns/new")
    office.add("new campaign, with mistakes", "/campaigns/new", status=422, title="", closes_at="yesterday", ask=LONG_WORD)
    office.add("text", "/c/lido/text")
    office.add("text, signed already", "/c/village-pond/text")
    office.add("text, long words", "/c/long-words/text")
    office.add("text, another language", "/c/lido/text?language=cy")
    office.add("text, with mistakes", "/c/lido/text", status=422, title="", ask="", seen="1")
    office.add("picture", "/c/lido/text/picture")
    office.add("settings", "/c/lido/settings")
    office.add("settings, with mistakes", "/c/lido/settings", status=422, goals="many", contact="x", accent="green")
    office.add("preview", "/c/village-pond/preview")


def running(office: Office) -> None:
    """Each step of a campaign's life."""
    office.add("running", "/c/village-pond/running")
    for step in ("pause", "extend", "close", "address", "take-down"):
        office.add(f"running, {step}", f"/c/village-pond/running/{step}")
    office.add("running, close without a reason", "/c/village-pond/running/close", status=422, reason="")
    market = office.place.campaign("market", title="Save the market")
    lives.pause(office.place.runtime, market, COMMAND_LINE, "The market is being counted.")
    with_owner = office.owner.joins(market, Role.OWNER)
    office.add("running, paused", "/c/market/running", with_owner)
    office.add("running, resume", "/c/market/running/resume", with_owner)
    fair = office.place.campaign("fair", title="Hold the fair", opened=timedelta(hours=-5))
    office.owner.joins(fair, Role.OWNER)
    office.add("running, scheduled", "/c/fair/running")
    office.add("running, opening", "/c/fair/running/opening")
    gone = office.place.campaign("gone", title="Bring it back")
    lives.take_down(office.place.runtime, gone, COMMAND_LINE, "A mistake")
    office.owner.joins(gone, Role.OWNER)
    office.add("running, taken down", "/c/gone/running")
    office.add("running, put back", "/c/gone/running/put-back")


def drafts(office: Office) -> None:
    """A campaign that nobody sees yet, but for its team and who has its link."""
    runtime = office.place.runtime
    mary = Actor("Mary Seacole", office.owner.id)
    draft = drafting.begin(runtime, mary, definition(slug="station", title="Reopen the station"))
    bare = drafting.begin(runtime, mary, definition(slug="bare-draft", title="Plant trees", background="", recipient=""))
    office.add("draft, overview", f"/c/{draft.slug}/")
    office.add("draft, text", f"/c/{draft.slug}/text")
    office.add("draft, settings", f"/c/{draft.slug}/settings")
    office.add("draft, running", f"/c/{draft.slug}/running")
    office.add("draft, publish", f"/c/{draft.slug}/running/publish")
    office.add("draft, publish when it is not ready", f"/c/{bare.slug}/running/publish")
    office.add("draft, preview", f"/c/{draft.slug}/preview")
    office.elsewhere("draft, by its link", f"/preview/{draft.slug}/{drafting.preview_key(runtime, draft.id)}")
    office.elsewhere("history", "/c/village-pond/history")
    office.elsewhere("history, paused", "/c/market/history")
