"""Pages that watch: the overview of a campaign, the audit trail, how it is shared, and what the operator sees."""

from datetime import timedelta

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.site.switch import Switch
from campaign.services.accounts import invitations
from campaign.services.campaigns import create_and_find
from campaign.services.site import switches
from campaign.services.site.diagnosis.sender import send_trial_mail
from campaign.store.privacy import complaints
from tests.page_states.campaigner import Campaigner
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.sample_texts import LONG_WORD
from tests.page_states.signatory import Signatory

_TEST_MAIL_OUTCOMES = {
    "delivered": "state = 'sent', delivery = 'delivered'",
    "sent back for now": "state = 'sent', delivery = 'soft'",
    "sent back for good": "state = 'sent', delivery = 'hard'",
    "called spam": "state = 'sent', delivery = 'complaint'",
    "refused": "state = 'refused', reason = '550 5.1.1'",
    "put off": "state = 'owed', reason = ''",
    "not answered": "state = 'unknown', reason = ''",
    "dropped": "state = 'dropped', reason = '550'",
}
"""By what became of a test mail: what its row says then."""


def add_dashboard(desk: DeskScenario) -> None:
    """A campaign's overview, its figures and share page, and what was done to it."""
    desk.add("overview", "/c/village-pond/")
    desk.add("overview, as a viewer", "/c/village-pond/", desk.viewer)
    desk.add("overview, nothing counted", "/c/lido/")
    desk.add("overview, long words", "/c/long-words/")
    desk.add("where signatures come from", "/c/village-pond/figures")
    desk.add("where signatures come from, none", "/c/lido/figures")
    desk.add("help", "/help")
    desk.add("share", "/c/village-pond/share")
    desk.add("share, a link for a leaflet", "/c/village-pond/share?via=leaflet-3")
    desk.add("share, a mistyped name", "/c/long-words/share?via=a+%26+b", status=422)
    desk.add("share, as a viewer", "/c/village-pond/share", desk.viewer)
    desk.add("audit trail", "/c/village-pond/audit")
    desk.add("audit trail, none", "/c/village-pond/audit?from=2001-01-01&to=2001-01-02")
    desk.add("audit trail, a mistyped day", "/c/village-pond/audit?from=yesterday", status=422)


def add_site(desk: DeskScenario) -> None:
    """The whole site."""
    operator = Actor("Mary Seacole", desk.owner.id)
    desk.add("site", "/site/")
    desk.add("site, campaigns", "/site/campaigns")
    desk.add("site, no campaigns", "/site/campaigns?q=nothing+of+the+kind")
    desk.add("site, take down", "/site/campaigns/village-pond/take-down")
    desk.add("site, take down without a reason", "/site/campaigns/village-pond/take-down", status=422, reason="")
    desk.add("site, sender", "/site/sender")
    number = send_trial_mail(desk.site.runtime, desk.owner.email)
    desk.add("site, sender, a test mail on its way", f"/site/sender?mail={number}")
    # What became of others, as a worker and a provider would have written it.
    for outcome, change in _TEST_MAIL_OUTCOMES.items():
        number = send_trial_mail(desk.site.runtime, desk.owner.email)
        desk.site.execute_sql(f"UPDATE outbox SET attempts = 1, {change} WHERE id = :id", id=number)
        desk.add(f"site, sender, a test mail {outcome}", f"/site/sender?mail={number}")
    desk.add("site, sender looked up", "/site/sender", selector="")
    desk.add("site, a mistyped selector", "/site/sender", status=422, selector="a b")
    invitations.invite_to_site(desk.site.runtime, operator, "newcomer@campaign.example")
    desk.add("site, people", "/site/people")
    desk.add("site, people searched", "/site/people/search", query="mary")
    desk.add("site, nobody found", "/site/people/search", query=LONG_WORD)
    desk.add("site, invite a mistyped address", "/site/people/invite", status=422, email="x@")
    desk.add("site, person", f"/site/people/{desk.viewer.id}")
    desk.add("site, oneself", f"/site/people/{desk.owner.id}")
    desk.add("site, shut out without a reason", f"/site/people/{desk.viewer.id}/disable", status=422, reason="")
    _add_complaints(desk)
    switches.set_switch(desk.site.runtime, operator, Switch.SLOW_COUNT, on=True)
    desk.add("site, switches", "/site/switches")
    desk.add("site, switch", "/site/switches/pause-signing")
    desk.add("site, switch that is on", "/site/switches/slow-count")
    desk.add("site, switch with a long message", "/site/switches/pause-signing", status=422, on="1", message="x" * 400)
    desk.add("site, rules", "/site/rules")
    desk.add("site, audit trail", "/site/audit")


def add_switched_site(catalogue: PageCatalogue) -> None:
    """What everybody sees while the site is held by its switches."""
    for switch, name in ((Switch.PAUSE_SIGNING, "signing paused"), (Switch.READ_ONLY, "read-only")):
        place = catalogue.new_site()
        place.new_campaign("pond")
        zoe, ida = Signatory(place, "pond").sign(), Signatory(place, "pond", "Ida Rhodes", public="1").sign().verify()
        mary = Campaigner(place, operator=True)
        switches.set_switch(
            place.runtime, COMMAND_LINE, switch, on=True, message="We are moving to a larger machine, until nine."
        )
        place.run_workers()
        catalogue.add(f"site with a switch on, {name}", place, "/c/pond")
        catalogue.add(
            f"site with a switch on, {name}, signing",
            place,
            "/c/pond/signatures",
            form=Signatory(place, "pond", "Al").form,
            status=409,
        )
        catalogue.add(
            f"site with a switch on, {name}, link",
            place,
            zoe.verify_path,
            status=200 if switch is Switch.PAUSE_SIGNING else 409,
        )
        catalogue.add(f"site with a switch on, {name}, my signature", place, ida.manage_path)
        catalogue.add(f"site with a switch on, {name}, switches", place, "/desk/site/switches", cookies=mary.cookies)
    catalogue.add(
        "site with a switch on, read-only, desk",
        place,
        "/desk/account/name",
        cookies=mary.cookies,
        form=mary.form(name="M"),
        status=409,
    )


def _add_complaints(desk: DeskScenario) -> None:
    """Complaints about data: none, one that is new, one that is overdue and long, one that is closed."""
    desk.add("personal data", "/c/village-pond/data")
    desk.add("personal data, as a viewer", "/c/village-pond/data", desk.viewer)
    desk.add("personal data, for too long", "/c/village-pond/data", status=422, months="1000")
    desk.add("complaints, none", "/c/lido/complaints")
    desk.add("site, complaints", "/site/complaints")
    runtime, zoe = desk.site.runtime, ("Zoë O’Brien", "zoe@example.org")
    pond = create_and_find.get_by_slug(runtime, "village-pond")
    assert pond is not None
    with runtime.transaction() as connection:
        numbers = [
            complaints.add_complaint(connection, pond.id, *zoe, words, "en", runtime.now() - timedelta(days=days))
            for words, days in (("I never signed this.", 0), (f"{LONG_WORD} " * 20, 45), ("Erase me.", 5))
        ]
        complaints.close_complaint(connection, pond.id, numbers[2], desk.owner.id, "Erased, and told her.", runtime.now())
    desk.add("complaints", "/c/village-pond/complaints")
    for number, state in zip(numbers, ("new", "overdue", "closed"), strict=True):
        desk.add(f"complaint, {state}", f"/c/village-pond/complaints/{number}")
    desk.add("complaint, closed without a note", f"/c/village-pond/complaints/{numbers[0]}", status=422, note="")
