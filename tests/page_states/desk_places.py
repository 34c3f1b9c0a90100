"""Pages on where signatures come from: full, empty, as who only watches sees it; and certificates that cannot be made."""

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.services.places import representatives
from tests.page_states.campaigner import Campaigner
from tests.page_states.desk_scenario import DeskScenario
from tests.support.located_signatures import sign_from_postcodes
from tests.support.stored_signatures import store_signatures

_FROM = {"SW1A 1AA": 31, "N1 1AA": 14, "LS1 1AA": 9, "EH1 1AA": 8, "CF10 1AA": 3, "BT1 1AA": 1, "IM1 1AA": 1, "ZZ9 9ZZ": 1}
_PEOPLE = "kind,code,name,form,party\nconstituency,E14001172,Jane Doe MP,Dear Ms Doe,Labour\n"


def add_places(desk: DeskScenario) -> None:
    """A campaign of its own: no other page of the desk counts its signatures."""
    place, operator = desk.site, Campaigner(desk.site, "Opal Rator", operator=True)
    campaign = place.new_campaign("ferries", title="Keep the ferries running")
    desk.owner.join_team(campaign, Role.OWNER)
    representatives.replace_representatives(place.runtime, COMMAND_LINE, _PEOPLE)
    sign_from_postcodes(place.runtime, campaign, _FROM)
    store_signatures(
        place.runtime, campaign, [{"postcode": "N1 2BB"}, {"postcode": ""}, {"postcode": "75001", "country": "FR"}]
    )
    place.run_workers()
    desk.catalogue.add("campaign, places", place, "/c/ferries/places", example="Where people signed")
    desk.catalogue.add("campaign, places, none to show", place, "/c/lido/places")
    desk.add("places", "/c/ferries/places")
    desk.add("places, councils by name", "/c/ferries/places?by=council&sort=name")
    desk.add("places, as who only watches", "/c/ferries/places?by=region", operator)
    desk.add("places, none known yet", "/c/village-pond/places")
    desk.add("places, nobody signed", "/c/lido/places")
    desk.add("places, a certificate for nowhere", "/c/ferries/places/certificates", status=422, kind="council", area="Atlantis")
