"""Signatures whose places are known, without anybody asked: as a look-up leaves them."""

from collections.abc import Mapping

from campaign import counting
from campaign.domain.standing import Standing
from campaign.postcodes import read
from campaign.runtime import Runtime
from campaign.store import campaigns, ledger, placing, rollups
from campaign.store.rollups import Changes
from tests.postcodes import answer_for
from tests.rows import put


def signed_from(runtime: Runtime, campaign: Standing, amounts: Mapping[str, int]) -> Standing:
    """So many counted signatures from each postcode, in their places; the campaign as it then stands."""
    ids = put(runtime, campaign, [{"postcode": postcode} for postcode, amount in amounts.items() for _ in range(amount)])
    counting.advance_all(runtime)
    answer = {"result": [{"query": postcode, "result": answer_for(postcode)} for postcode in amounts]}
    with runtime.transaction() as connection:
        placing.keep(connection, read(answer, list(amounts)), runtime.now())
        ledger.lock_tally(connection, campaign.id)
        rollups.add(connection, campaign.id, Changes(by_place=placing.settle(connection, campaign.id, ids)))
        return campaigns.by_id(connection, campaign.id)
