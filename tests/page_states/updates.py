"""Updates: public pages with news and with an outcome, the unsubscribe page, and the desk's pages for them."""

from datetime import date, timedelta

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.updates.update import UpdateKind, UpdateResult, UpdateText
from campaign.runtime import Runtime
from campaign.services.updates import mailing, write
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.sample_texts import BACKGROUND, LONG_URL, LONG_WORD
from tests.page_states.signatory import Signatory
from tests.page_states.site import Site

_NEWS = UpdateText(UpdateKind.NEWS, "A heron has come to the pond", f"Ida saw it at *dawn*.\n\n{BACKGROUND}")
_LONG = UpdateText(UpdateKind.NEWS, LONG_WORD, LONG_URL)
_OUTCOME = (
    UpdateText(UpdateKind.DELIVERED, "We handed them in", "In a *wheelbarrow*.", date(2026, 3, 3), "the parish council"),
    UpdateText(
        UpdateKind.ANSWERED, "They have answered", "We are glad.", date(2026, 3, 20), "The parish council",
        "Thank you for your petition.\n\nThe pond stays, and it gets\n\n- a fence\n- a bench",
    ),
    UpdateText(UpdateKind.ENDED, "The pond stays", "Thank you, all of you.", date(2026, 3, 21), result=UpdateResult.WON),
)  # fmt: skip


def publish(runtime: Runtime, campaign: Campaign, said: UpdateText) -> int:
    """Publish an update without a mail; its number in the database."""
    mary = Actor("Mary Seacole")
    made = write.create_draft(runtime, mary, campaign, said, wants_mail=False)
    write.publish_update(runtime, mary, campaign, made)
    return made.id


def add_updates(catalogue: PageCatalogue, site: Site) -> None:
    runtime = site.runtime
    meadow = site.new_campaign("meadow", title="Keep the meadow", accent="#0b6e4f", contact="meadow@example.org")
    ida = Signatory(site, "meadow", "Ida Rhodes", updates="1").sign().verify()
    catalogue.add("updates, none", site, "/c/meadow/updates")
    for said in (_NEWS, _LONG, *_OUTCOME[:2]):
        publish(runtime, meadow, said)
    catalogue.add("campaign, with updates", site, "/c/meadow", example="All updates")
    catalogue.add("updates", site, "/c/meadow/updates", example="A heron has come")
    catalogue.add("updates, in Welsh", site, "/c/meadow/updates?lang=cy")
    catalogue.add("update", site, "/c/meadow/updates/1")
    catalogue.add("update, long words", site, "/c/meadow/updates/2")
    catalogue.add("update, an answer", site, "/c/meadow/updates/4", example="a bench")
    link_key = site.query_scalar("SELECT link_key FROM signatures WHERE id = :id", id=ida.id)
    catalogue.add("unsubscribe", site, f"/u/{runtime.tokens.unsubscribe_token(ida.id, link_key, 1)}", example="No more emails?")
    nobody = runtime.tokens.unsubscribe_token(10**9, "0123456789abcdef", 1)
    catalogue.add("unsubscribe, nothing kept", site, f"/u/{nobody}", example="You get no more emails")
    with site.clock_set_back(days=1):
        brook = site.new_campaign("brook", title="Clean the brook", left=timedelta(hours=23))
        Signatory(site, "brook", "Ada Lovelace").sign().verify()
    for said in _OUTCOME:
        publish(runtime, brook, said)
    catalogue.add("campaign, won", site, "/c/brook", example="Won")


def add_desk_updates(desk: DeskScenario) -> None:
    runtime, pond = desk.site.runtime, desk.pond
    mary = Actor("Mary Seacole", desk.owner.id)
    desk.add("updates, none", "/c/lido/updates")
    for kind in UpdateKind:
        desk.add(f"update, new, {kind.value}", f"/c/village-pond/updates/new?kind={kind.value}")
    desk.add("update, new, with mistakes", "/c/village-pond/updates/new", status=422, kind="answered", happened_on="soon")
    desk.add("update, new, preview", "/c/village-pond/updates/new", kind="news", title=LONG_WORD, body=LONG_URL, preview="1")
    draft = write.create_draft(runtime, mary, pond, _OUTCOME[1], wants_mail=True)
    scheduled = write.create_draft(runtime, mary, pond, _LONG, wants_mail=True)
    write.schedule_update(runtime, mary, pond, scheduled, runtime.now() + timedelta(days=2))
    mailed = write.create_draft(runtime, mary, pond, _NEWS, wants_mail=True)
    write.publish_update(runtime, mary, pond, mailed)
    mailing.run_due_updates(runtime)
    desk.add("updates", "/c/village-pond/updates")
    desk.add("update, draft", f"/c/village-pond/updates/{draft.id}")
    desk.add("update, its picture", f"/c/village-pond/updates/{draft.id}/picture")
    desk.add("update, one mailing too many", f"/c/village-pond/updates/{draft.id}/publish", status=422, revision="1")
    desk.add("update, changed", f"/c/village-pond/updates/{draft.id}/edit")
    desk.add("update, changed elsewhere", f"/c/village-pond/updates/{draft.id}/edit", status=409, title="x", body="y",
             happened_on="2026-03-20", recipient="z", answer="No.", revision="7")  # fmt: skip
    desk.add("update, scheduled", f"/c/village-pond/updates/{scheduled.id}")
    desk.add("update, published", f"/c/village-pond/updates/{mailed.id}")
    desk.add("update, published, changed", f"/c/village-pond/updates/{mailed.id}/edit")
