"""Site administration: the operator's lists of campaigns and campaigners, and what is done with campaigners."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, String, and_, bindparam, func, literal, or_, select, true, update

from campaign.domain.common.text_folding import fold_text
from campaign.store.accounts.memberships import EVERY_MEMBER, OWNERS
from campaign.store.database.statements import LIKE_ESCAPE, anywhere_pattern, columns_of, rows_as
from campaign.store.tables import campaigners, campaigns, tallies


@dataclass(frozen=True, slots=True)
class ListedCampaigner:
    """Campaigner in the operator's list."""

    id: int
    name: str
    email: str
    operator: bool
    created_at: datetime
    disabled_at: datetime | None
    campaigns: int
    """Number of the campaigns whose team they are in."""


_QUERY, _NOW = bindparam("query", type_=String()), bindparam("now", type_=campaigns.c.closes_at.type)
_PATTERN = bindparam("pattern", type_=String())
_LIMIT = bindparam("limit", type_=Integer())
_MATCHES = or_(
    _QUERY == "",
    campaigns.c.slug.like(_PATTERN, escape=LIKE_ESCAPE),
    (literal(" ") + campaigns.c.search_text).like(_PATTERN, escape=LIKE_ESCAPE),
)
_IS_TAKEN_DOWN = campaigns.c.taken_down_at.is_not(None)
_IS_PUBLIC = and_(campaigns.c.published_at.is_not(None), ~_IS_TAKEN_DOWN)
_IS_OVER = or_(campaigns.c.finalised_at.is_not(None), campaigns.c.closes_at <= _NOW)
_STATES = {
    "": true(),
    "draft": and_(campaigns.c.published_at.is_(None), ~_IS_TAKEN_DOWN),
    "running": and_(_IS_PUBLIC, ~_IS_OVER),
    "closed": and_(_IS_PUBLIC, _IS_OVER),
    "taken-down": _IS_TAKEN_DOWN,
}
CAMPAIGN_STATES = tuple(_STATES)
"""States that campaigns can be listed by; "" for all."""
_CAMPAIGN_IDS = {
    state: select(campaigns.c.id)
    .where(campaigns.c.id < bindparam("before_id"), _MATCHES, condition)
    .order_by(campaigns.c.id.desc())
    .limit(_LIMIT)
    for state, condition in _STATES.items()
}
_OWNERS = (
    select(OWNERS.c.campaign_id, campaigners.c.name)
    .join(campaigners, campaigners.c.id == OWNERS.c.campaigner_id)
    .where(OWNERS.c.campaign_id.in_(bindparam("campaign_ids", expanding=True)))
    .order_by(campaigners.c.name, campaigners.c.id)
)
_TEAMS = select(func.count()).where(EVERY_MEMBER.c.campaigner_id == campaigners.c.id).scalar_subquery()
_CAMPAIGNERS = select(*columns_of(ListedCampaigner, campaigners, campaigns=_TEAMS))
_LIST_CAMPAIGNERS = (
    _CAMPAIGNERS.where(campaigners.c.id < bindparam("before_id")).order_by(campaigners.c.id.desc()).limit(_LIMIT)
)
# There are as many campaigners as a site has teams, not as it has signatories: they are looked through one by one.
_SEARCH_CAMPAIGNERS = (
    _CAMPAIGNERS.where(
        or_(
            func.lower(campaigners.c.name).like(_PATTERN, escape=LIKE_ESCAPE),
            campaigners.c.name.like(bindparam("pattern_as_typed"), escape=LIKE_ESCAPE),
            func.lower(campaigners.c.email).like(_PATTERN, escape=LIKE_ESCAPE),
            campaigners.c.email_key == bindparam("email_key"),
        )
    )
    .order_by(campaigners.c.name, campaigners.c.id)
    .limit(_LIMIT)
)
# The rows of all operators are locked: two of them who disable each other go one after the other.
_OPERATORS = (
    select(campaigners.c.id)
    .where(campaigners.c.operator, campaigners.c.disabled_at.is_(None))
    .order_by(campaigners.c.id)
    .with_for_update()
)
_OF_CAMPAIGNER = update(campaigners).where(campaigners.c.id == bindparam("of_id"))
_DISABLE = _OF_CAMPAIGNER.where(campaigners.c.disabled_at.is_(None)).values(disabled_at=_NOW)
_ENABLE = _OF_CAMPAIGNER.where(campaigners.c.disabled_at.is_not(None)).values(disabled_at=None)
_IS_OPERATOR = bindparam("is_operator", type_=campaigners.c.operator.type)
_SET_OPERATOR = _OF_CAMPAIGNER.where(campaigners.c.operator != _IS_OPERATOR, campaigners.c.disabled_at.is_(None)).values(
    operator=_IS_OPERATOR
)
_NEXT = select(campaigns.c.id).where(campaigns.c.id > bindparam("after_id")).order_by(campaigns.c.id).limit(1)
_TOTALS = select(
    select(func.count()).select_from(campaigns).scalar_subquery().label("campaigns"),
    select(func.count()).select_from(campaigners).scalar_subquery().label("people"),
    func.coalesce(func.sum(tallies.c.verified), 0).label("verified"),
    func.coalesce(func.sum(tallies.c.pending), 0).label("pending"),
    func.coalesce(func.sum(tallies.c.held), 0).label("held"),
)


def list_campaign_ids(connection: Connection, query: str, state: str, before_id: int, now: datetime, limit: int) -> list[int]:
    """Ids of campaigns with `query` in their slug or search text, in one of CAMPAIGN_STATES, the newest first."""
    folded = fold_text(query)
    given = {"query": folded, "pattern": anywhere_pattern(folded), "before_id": before_id, "now": now, "limit": limit}
    return list(connection.execute(_CAMPAIGN_IDS[state], given).scalars())


def next_campaign_id(connection: Connection, after_id: int) -> int | None:
    """Id of the campaign after another; None after the last one."""
    return connection.execute(_NEXT, {"after_id": after_id}).scalar_one_or_none()


def owner_names(connection: Connection, campaign_ids: list[int]) -> dict[int, list[str]]:
    """Names of the owners of campaigns, by campaign id."""
    found: dict[int, list[str]] = {}
    if campaign_ids:
        for row in connection.execute(_OWNERS, {"campaign_ids": campaign_ids}):
            found.setdefault(row.campaign_id, []).append(row.name)
    return found


def list_campaigners(connection: Connection, before_id: int, limit: int) -> list[ListedCampaigner]:
    """Campaigners with an id below `before_id`, the newest first."""
    rows = connection.execute(_LIST_CAMPAIGNERS, {"before_id": before_id, "limit": limit})
    return rows_as(ListedCampaigner, rows)


def search_campaigners(connection: Connection, query: str, email_key: str, limit: int) -> list[ListedCampaigner]:
    """Campaigners with `query` in their name or address, or with this canonical address, by name."""
    given = {
        "pattern": anywhere_pattern(query.casefold()), "pattern_as_typed": anywhere_pattern(query), "email_key": email_key,
        "limit": limit,
    }  # fmt: skip
    return rows_as(ListedCampaigner, connection.execute(_SEARCH_CAMPAIGNERS, given))


def is_only_operator(connection: Connection, campaigner_id: int) -> bool:
    """Whether the site would be without an operator if it lost a campaigner. The answer holds until the transaction ends."""
    return list(connection.execute(_OPERATORS).scalars()) == [campaigner_id]


def disable_campaigner(connection: Connection, campaigner_id: int, now: datetime) -> bool:
    """Shut a campaigner out of the site. False where they are shut out."""
    return connection.execute(_DISABLE, {"of_id": campaigner_id, "now": now}).rowcount == 1


def enable_campaigner(connection: Connection, campaigner_id: int) -> bool:
    """Enable a campaigner who was shut out. False where they were not."""
    return connection.execute(_ENABLE, {"of_id": campaigner_id}).rowcount == 1


def set_operator(connection: Connection, campaigner_id: int, *, is_operator: bool) -> bool:
    """Make a campaigner an operator of the site, or no longer. False where nothing changed, or they are shut out."""
    return connection.execute(_SET_OPERATOR, {"of_id": campaigner_id, "is_operator": is_operator}).rowcount == 1


def site_totals(connection: Connection) -> dict[str, int]:
    """Numbers of campaigns, campaigners, verified, pending and held signatures of the site, by name."""
    return {name: int(value) for name, value in connection.execute(_TOTALS).one()._asdict().items()}
