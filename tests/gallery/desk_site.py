"""Pages that watch: the overview of a campaign, the audit trail, and what the operator of the site sees."""

from campaign import switching
from campaign.domain.actor import COMMAND_LINE, Actor
from campaign.domain.switch import Switch
from tests.gallery.colleague import Colleague
from tests.gallery.office import Office
from tests.gallery.person import Person
from tests.gallery.walls import Gallery
from tests.gallery.words import LONG_WORD


def watching(office: Office) -> None:
    """A campaign's overview, and what was done to it."""
    office.add("overview", "/c/village-pond/")
    office.add("overview, as a viewer", "/c/village-pond/", office.viewer)
    office.add("overview, nothing counted", "/c/lido/")
    office.add("overview, long words", "/c/long-words/")
    office.add("audit trail", "/c/village-pond/audit")
    office.add("audit trail, none", "/c/village-pond/audit?from=2001-01-01&to=2001-01-02")
    office.add("audit trail, a mistyped day", "/c/village-pond/audit?from=yesterday", status=422)


def site(office: Office) -> None:
    """The whole site."""
    operator = Actor("Mary Seacole", office.owner.id)
    office.add("site", "/site/")
    office.add("site, campaigns", "/site/campaigns")
    office.add("site, no campaigns", "/site/campaigns?q=nothing+of+the+kind")
    office.add("site, take down", "/site/campaigns/village-pond/take-down")
    office.add("site, take down without a reason", "/site/campaigns/village-pond/take-down", status=422, reason="")
    office.add("site, people", "/site/people")
    office.add("site, people searched", "/site/people/search", query="mary")
    office.add("site, nobody found", "/site/people/search", query=LONG_WORD)
    office.add("site, invite a mistyped address", "/site/people/invite", status=422, email="x@")
    office.add("site, person", f"/site/people/{office.viewer.id}")
    office.add("site, oneself", f"/site/people/{office.owner.id}")
    office.add("site, shut out without a reason", f"/site/people/{office.viewer.id}/disable", status=422, reason="")
    switching.throw(office.place.runtime, operator, Switch.SLOW_COUNT, on=True)
    office.add("site, switches", "/site/switches")
    office.add("site, switch", "/site/switches/pause-signing")
    office.add("site, switch that is on", "/site/switches/slow-count")
    office.add("site, switch with a long message", "/site/switches/pause-signing", status=422, on="1", message="x" * 400)
    office.add("site, audit trail", "/site/audit")


def held(gallery: Gallery) -> None:
    """What everybody sees while the site is held by its switches."""
    for switch, name in ((Switch.PAUSE_SIGNING, "signing paused"), (Switch.READ_ONLY, "read-only")):
        place = gallery.place()
        place.campaign("pond")
        zoe, ida = Person(place, "pond").sign(), Person(place, "pond", "Ida Rhodes", public="1").sign().verify()
        mary = Colleague(place, operator=True)
        switching.throw(place.runtime, COMMAND_LINE, switch, on=True, message="We are moving to a larger machine, until nine.")
        place.settle()
        gallery.add(f"site held, {name}", place, "/c/pond")
        gallery.add(
            f"site held, {name}, signing", place, "/c/pond/signatures", form=Person(place, "pond", "Al").form, status=409
        )
        gallery.add(f"site held, {name}, link", place, zoe.verify_path, status=200 if switch is Switch.PAUSE_SIGNING else 409)
        gallery.add(f"site held, {name}, my signature", place, ida.manage_path)
        gallery.add(f"site held, {name}, switches", place, "/desk/site/switches", cookies=mary.cookies)
    gallery.add(
        "site held, read-only, desk", place, "/desk/account/name", cookies=mary.cookies, form=mary.form(name="M"), status=409
    )
