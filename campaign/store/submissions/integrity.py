"""Amounts of an integrity report, counted from signatures and ledger. Nothing that is read here names anybody."""

from collections import Counter
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from campaign.domain.paper.entry import PAPER
from campaign.domain.signatures.signature import SignatureState
from campaign.domain.submissions.integrity import IntegrityCounts
from campaign.store.moderation import flags
from campaign.store.tables import hourly_tallies, removal_tallies, signatures, tallies

_CAMPAIGN: BindParameter[int] = bindparam("campaign_id")
# As the ledger has counted them: so the amounts add up to its total, whatever was verified in the last moment.
_COUNTED = (signatures.c.campaign_id == _CAMPAIGN, signatures.c.counted_as == SignatureState.VERIFIED.value)
_ONLINE, _ON_PAPER = signatures.c.counted_kind != PAPER, signatures.c.counted_kind == PAPER
_HAS_NAME = signatures.c.name_key != ""
_NAMES = (
    select(func.count(signatures.c.email_key.distinct()).label("addresses"))
    .where(*_COUNTED, _ONLINE, _HAS_NAME)
    .group_by(signatures.c.name_key)
    .having(func.count(signatures.c.email_key.distinct()) > 1)
    .subquery()
)
_NAMES_BY_ADDRESSES = select(_NAMES.c.addresses, func.count().label("names")).group_by(_NAMES.c.addresses)
_DOMAINS = (
    select(signatures.c.domain, func.count().label("amount")).where(*_COUNTED, _ONLINE).group_by(signatures.c.domain)
)  # fmt: skip
_TWICE = (
    select(func.count().label("amount"))
    .where(*_COUNTED, _ON_PAPER, _HAS_NAME, signatures.c.postcode != "")
    .group_by(signatures.c.name_key, signatures.c.postcode)
    .having(func.count() > 1)
    .subquery()
)
_PAPER_TWICE = select(func.coalesce(func.sum(_TWICE.c.amount), 0))
_PAPER = select(func.count()).select_from(signatures).where(*_COUNTED, _ON_PAPER)
_HOURS = select(hourly_tallies.c.hour, hourly_tallies.c.added, hourly_tallies.c.ended).where(
    hourly_tallies.c.campaign_id == _CAMPAIGN
)
_REMOVED = select(removal_tallies.c.reason_class, removal_tallies.c.removed).where(
    removal_tallies.c.campaign_id == _CAMPAIGN, removal_tallies.c.removed > 0
)
_WAITING = select(tallies.c.pending, tallies.c.held).where(tallies.c.campaign_id == _CAMPAIGN)


def count_integrity(connection: Connection, campaign_id: int, zone: ZoneInfo) -> IntegrityCounts:
    """The amounts of the moment that the connection sees; hours are those of a time zone."""
    given = {"campaign_id": campaign_id}
    domains = {row.domain: row.amount for row in connection.execute(_DOMAINS, given)}
    hours, ended = Counter[int](), 0
    for row in connection.execute(_HOURS, given):
        hours[row.hour.astimezone(zone).hour] += row.added
        ended += row.ended
    waiting = connection.execute(_WAITING, given).one()
    return IntegrityCounts(
        online=sum(domains.values()),
        paper=int(connection.execute(_PAPER, given).scalar_one()),
        pending=waiting.pending,
        held=waiting.held,
        names_by_addresses={row.addresses: row.names for row in connection.execute(_NAMES_BY_ADDRESSES, given)},
        domains=domains,
        hours=[hours[hour] for hour in range(24)],
        endings=ended,
        removed={row.reason_class: row.removed for row in connection.execute(_REMOVED, given)},
        open_flags=flags.count_active(connection, campaign_id),
        paper_twice=int(connection.execute(_PAPER_TWICE, given).scalar_one()),
    )
