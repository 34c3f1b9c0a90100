"""Previews of standing rules: the recent signatures that a rule would fit, had it been there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from campaign.domain.moderation.standing_rule import ANYTHING, RuleCriteria
from campaign.domain.paper.entry import ONLINE
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import rows_as
from campaign.store.tables import signatures

MAX_NETWORKS = 100_000
"""Networks of recent signatures that a preview looks at."""


@dataclass(frozen=True, slots=True)
class PreviewNetwork:
    """Signatures of one network that all but the network of a rule fits."""

    network: str
    amount: int
    verified: int


def matching_networks(
    connection: Connection,
    campaign_ids: Collection[int],
    criteria: RuleCriteria,
    mailbox_hashes: Sequence[str],
    since: datetime,
) -> list[PreviewNetwork]:
    """Signatures given online since a time that a rule would fit but for its network, by network: the most frequent
    MAX_NETWORKS. Only networks that may lie in that of the rule are read."""
    amount = func.count()
    condition = and_(_recent(campaign_ids, since), *_criteria_conditions(criteria, mailbox_hashes))
    is_verified = func.count().filter(signatures.c.state == SignatureState.VERIFIED.value)
    if not criteria.network:
        totals = connection.execute(select(amount.label("amount"), is_verified.label("verified")).where(condition)).one()
        return [PreviewNetwork("", totals.amount, totals.verified)]
    by_network = (
        select(signatures.c.network, amount.label("amount"), is_verified.label("verified"))
        .where(condition)
        .group_by(signatures.c.network)
        .order_by(amount.desc())
        .limit(MAX_NETWORKS)
    )
    return rows_as(PreviewNetwork, connection.execute(by_network))


def count_recent(connection: Connection, campaign_ids: Collection[int], since: datetime) -> int:
    """Signatures given online since a time that still stand."""
    return int(connection.execute(select(func.count()).where(_recent(campaign_ids, since))).scalar_one())


def _recent(campaign_ids: Collection[int], since: datetime) -> ColumnElement[bool]:
    return and_(
        signatures.c.campaign_id.in_(list(campaign_ids)),
        signatures.c.signed_at >= since,
        signatures.c.kind == ONLINE,
        signatures.c.state.in_([SignatureState.PENDING.value, SignatureState.VERIFIED.value]),
    )


def _criteria_conditions(criteria: RuleCriteria, mailbox_hashes: Sequence[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if criteria.address_key:
        found.append(signatures.c.mailbox_hash.in_(list(mailbox_hashes)))
    if criteria.domain.startswith(ANYTHING):
        below = criteria.domain[1:]
        found.append(or_(signatures.c.domain == below[1:], signatures.c.domain.endswith(below, autoescape=True)))
    elif criteria.domain:
        found.append(signatures.c.domain == criteria.domain)
    letters = criteria.name_pattern.strip(ANYTHING)
    match (criteria.name_pattern.startswith(ANYTHING), criteria.name_pattern.endswith(ANYTHING)):
        case _ if not letters:
            pass
        case (True, True):
            found.append(signatures.c.name_key.contains(letters, autoescape=True))
        case (True, False):
            found.append(signatures.c.name_key.endswith(letters, autoescape=True))
        case (False, True):
            found.append(signatures.c.name_key.startswith(letters, autoescape=True))
        case _:
            found.append(signatures.c.name_key == letters)
    if criteria.network:
        found += [signatures.c.network != "", signatures.c.network.startswith(_text_prefix(criteria.network), autoescape=True)]
    return found


def _text_prefix(network: str) -> str:
    """What the text of every network within one begins with: its whole octets, or the first group of an IPv6 one."""
    found = ip_network(network)
    if found.version == 4:
        return ".".join(str(found.network_address).split(".")[: found.prefixlen // 8]) + "."
    return str(found.network_address).partition(":")[0] + ":"
