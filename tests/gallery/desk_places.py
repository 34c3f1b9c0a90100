"""Where signatures come from: full, empty, as who only watches sees it; and certificates that cannot be made."""

from campaign.constituents import people
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.role import Role
from tests.gallery.colleague import Colleague
from tests.gallery.office import Office
from tests.placed import signed_from
from tests.rows import put

_FROM = {"SW1A 1AA": 31, "N1 1AA": 14, "LS1 1AA": 9, "EH1 1AA": 8, "CF10 1AA": 3, "BT1 1AA": 1, "IM1 1AA": 1, "ZZ9 9ZZ": 1}
_PEOPLE = "kind,code,name,form,party\nconstituency,E14001172,Jane Doe MP,Dear Ms Doe,Labour\n"


def places(office: Office) -> None:
    """A campaign of its own: no other page of the desk counts its signatures."""
    place, operator = office.place, Colleague(office.place, "Opal Rator", operator=True)
    campaign = place.campaign("ferries", title="Keep the ferries running")
    office.owner.joins(campaign, Role.OWNER)
    people.take_in_representatives(place.runtime, COMMAND_LINE, _PEOPLE)
    signed_from(place.runtime, campaign, _FROM)
    put(place.runtime, campaign, [{"postcode": "N1 2BB"}, {"postcode": ""}, {"postcode": "75001", "country": "FR"}])
    place.settle()
    office.add("places", "/c/ferries/places")
    office.add("places, councils by name", "/c/ferries/places?by=council&sort=name")
    office.add("places, as who only watches", "/c/ferries/places?by=region", operator)
    office.add("places, none known yet", "/c/village-pond/places")
    office.add("places, nobody signed", "/c/lido/places")
    office.add(
        "places, a certificate for nowhere", "/c/ferries/places/certificates", status=422, kind="council", area="Atlantis"
    )
