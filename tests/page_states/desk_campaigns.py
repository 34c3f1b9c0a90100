"""Pages on which a campaign is made and run."""

from datetime import timedelta

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.definition import language_version
from campaign.services.campaigns import drafts, edit, lifecycle
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.sample_texts import LONG_WORD
from tests.support.factories import definition


def add_editing(desk: DeskScenario) -> None:
    """A new campaign, its text, picture and settings."""
    desk.add("campaigns, as a list", "/?sort=title")
    desk.add("campaigns, none like that", "/?state=final&q=nothing")
    desk.add("copy, asked", "/c/village-pond/copy")
    desk.add("new campaign", "/campaigns/new")
    desk.add("new campaign, with mistakes", "/campaigns/new", status=422, title="", closes_at="yesterday", ask=LONG_WORD)
    desk.add("text", "/c/lido/text")
    desk.add("text, signed already", "/c/village-pond/text")
    desk.add("text, long words", "/c/long-words/text")
    desk.add("text, another language", "/c/lido/text?language=cy")
    desk.add("text, with mistakes", "/c/lido/text", status=422, title="", ask="", seen="1")
    welsh = language_version("fountain", "cy", title="Trwsiwch y ffynnon", ask="Trwsiwch y ffynnon.")
    local = desk.site.new_campaign(
        "fountain", title="Repair the fountain", eligibility="area", statement="I live, work or study in Leeds.",
        translations=(welsh,),
    )  # fmt: skip
    desk.owner.join_team(local, Role.OWNER)
    opened = edit.open_for_edit(desk.site.runtime, local.id)
    edit.change_texts(
        desk.site.runtime,
        Actor("Mary Seacole", desk.owner.id),
        local.id,
        opened.revision,
        "en",
        {**edit.page_texts(local.versions[0]), "ask": "Repair the fountain this year."},
    )
    desk.add("text, with who may sign", "/c/fountain/text")
    desk.add("text, a translation of what has changed", "/c/fountain/text?language=cy")
    desk.add("settings, with who may sign", "/c/fountain/settings")
    desk.add("overview, with who may sign", "/c/fountain/")
    desk.add(
        "text, changed elsewhere", "/c/fountain/text", status=409, title="Mend it", ask="Mend it.", language="en",
        revision=str(opened.revision),
    )  # fmt: skip
    desk.add("picture", "/c/lido/text/picture")
    desk.add("organiser and more pictures", "/c/lido/text/pictures")
    desk.add("settings", "/c/lido/settings")
    desk.add("settings, with mistakes", "/c/lido/settings", status=422, goals="many", contact="x", accent="green")
    desk.add("preview", "/c/village-pond/preview")


def add_lifecycle(desk: DeskScenario) -> None:
    """Each step of a campaign's life."""
    desk.add("running", "/c/village-pond/running")
    for step in ("pause", "extend", "close", "address", "take-down"):
        desk.add(f"running, {step}", f"/c/village-pond/running/{step}")
    desk.add("running, close without a reason", "/c/village-pond/running/close", status=422, reason="")
    market = desk.site.new_campaign("market", title="Save the market")
    lifecycle.pause_campaign(desk.site.runtime, market, COMMAND_LINE, "The market is being counted.")
    with_owner = desk.owner.join_team(market, Role.OWNER)
    desk.add("running, paused", "/c/market/running", with_owner)
    desk.add("running, resume", "/c/market/running/resume", with_owner)
    fair = desk.site.new_campaign("fair", title="Hold the fair", opened=timedelta(hours=-5))
    desk.owner.join_team(fair, Role.OWNER)
    desk.add("running, scheduled", "/c/fair/running")
    desk.add("running, opening", "/c/fair/running/opening")
    gone = desk.site.new_campaign("gone", title="Bring it back")
    lifecycle.take_down_campaign(desk.site.runtime, gone, COMMAND_LINE, "A mistake")
    desk.owner.join_team(gone, Role.OWNER)
    desk.add("running, taken down", "/c/gone/running")
    desk.add("running, put back", "/c/gone/running/put-back")
    desk.add("share, taken down", "/c/gone/share")


def add_drafts(desk: DeskScenario) -> None:
    """A campaign that nobody sees yet, but for its team and who has its link."""
    runtime = desk.site.runtime
    mary = Actor("Mary Seacole", desk.owner.id)
    draft = drafts.create_draft(runtime, mary, definition(slug="station", title="Reopen the station"))
    bare = drafts.create_draft(runtime, mary, definition(slug="bare-draft", title="Plant trees", background="", recipient=""))
    desk.add("draft, overview", f"/c/{draft.slug}/")
    desk.add("draft that is not ready, overview", f"/c/{bare.slug}/")
    desk.add("draft, share", f"/c/{draft.slug}/share")
    desk.add("draft, text", f"/c/{draft.slug}/text")
    desk.add("draft, discard", f"/c/{draft.slug}/discard")
    desk.add("draft, settings", f"/c/{draft.slug}/settings")
    desk.add("draft, running", f"/c/{draft.slug}/running")
    desk.add("draft, publish", f"/c/{draft.slug}/running/publish")
    desk.add("draft, publish when it is not ready", f"/c/{bare.slug}/running/publish")
    desk.add("draft, preview", f"/c/{draft.slug}/preview")
    desk.add_public("draft, by its link", f"/preview/{draft.slug}/{drafts.preview_key(runtime, draft.id)}")
    desk.add_public("history", "/c/village-pond/history")
    desk.add_public("history, paused", "/c/market/history")
