"""Signatures whose places are known, without anybody asked: as a look-up leaves them."""

from collections.abc import Mapping

from campaign.clients.postcodes_io import read_answer
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.campaigns import campaigns
from campaign.store.ledger import ledger, rollups
from campaign.store.ledger.rollups import RollupChanges
from campaign.store.places import postcode_lookups
from tests.support.postcodes_io_server import lookup_result
from tests.support.stored_signatures import store_signatures


def sign_from_postcodes(runtime: Runtime, campaign: Campaign, amounts: Mapping[str, int]) -> Campaign:
    """So many counted signatures from each postcode, in their places; the campaign as it then stands."""
    ids = store_signatures(
        runtime, campaign, [{"postcode": postcode} for postcode, amount in amounts.items() for _ in range(amount)]
    )
    count.advance_ledgers(runtime)
    answer = {"result": [{"query": postcode, "result": lookup_result(postcode)} for postcode in amounts]}
    with runtime.transaction() as connection:
        postcode_lookups.store_lookups(connection, read_answer(answer, list(amounts)), runtime.now())
        ledger.lock_tally(connection, campaign.id)
        rollups.add_changes(
            connection, campaign.id, RollupChanges(by_place=postcode_lookups.assign_places(connection, campaign.id, ids))
        )
        return campaigns.get_by_id(connection, campaign.id)
