"""Campaigns and campaigners as the operator of the site looks through them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.common.text_folding import fold_text
from campaign.store.database.statements import statement, supports_row_locks


@dataclass(frozen=True, slots=True)
class ListedCampaigner:
    """A campaigner in a list."""

    id: int
    name: str
    email: str
    operator: bool
    created_at: datetime
    disabled_at: datetime | None
    campaigns: int


_SEARCH_SQL = "(:query = '' OR c.slug LIKE :like ESCAPE '!' OR (' ' || c.searched) LIKE :like ESCAPE '!')"
_STATE_SQL = {
    "": "true",
    "draft": "c.published_at IS NULL AND c.taken_down_at IS NULL",
    "running": """c.published_at IS NOT NULL AND c.taken_down_at IS NULL AND c.finalised_at IS NULL AND c.closes_at > :now""",
    "closed": "c.published_at IS NOT NULL AND c.taken_down_at IS NULL AND (c.finalised_at IS NOT NULL OR c.closes_at <= :now)",
    "taken-down": "c.taken_down_at IS NOT NULL",
}
CAMPAIGN_STATES = tuple(_STATE_SQL)
"""What campaigns can be listed by; "" for all."""
_CAMPAIGNS = {
    state: statement(
        f"""SELECT c.id FROM campaigns c WHERE c.id < :before_id AND {_SEARCH_SQL}
            AND {condition} ORDER BY c.id DESC LIMIT :most"""
    )
    for state, condition in _STATE_SQL.items()
}
_OWNERS = statement(
    """SELECT t.campaign_id, p.name FROM team t JOIN campaigners p ON p.id = t.campaigner_id
       WHERE t.role = 'owner' AND t.campaign_id IN :ids ORDER BY p.name, p.id""",
    list_parameters=("ids",),
)
_CAMPAIGNER = """SELECT p.id, p.name, p.email, p.operator, p.created_at, p.disabled_at,
                    (SELECT count(*) FROM team t WHERE t.campaigner_id = p.id) AS campaigns FROM campaigners p"""
_LIST_CAMPAIGNERS = statement(f"{_CAMPAIGNER} WHERE p.id < :before_id ORDER BY p.id DESC LIMIT :most")
# There are as many campaigners as a site has teams, not as it has signatories: they are looked through one by one.
_SEARCH_CAMPAIGNERS = statement(
    f"""{_CAMPAIGNER} WHERE lower(p.name) LIKE :like ESCAPE '!' OR p.name LIKE :typed ESCAPE '!'
        OR lower(p.email) LIKE :like ESCAPE '!' OR p.email_key = :email_key ORDER BY p.name, p.id LIMIT :most"""
)
# The rows of all who look after the site are locked: two of them who shut each other out go one after the other.
_OPERATORS, _OPERATORS_LOCKED = (
    statement(f"SELECT id FROM campaigners WHERE operator AND disabled_at IS NULL ORDER BY id {lock}")
    for lock in ("", "FOR UPDATE")
)
_DISABLE = statement("UPDATE campaigners SET disabled_at = :now WHERE id = :id AND disabled_at IS NULL")
_ENABLE = statement("UPDATE campaigners SET disabled_at = NULL WHERE id = :id AND disabled_at IS NOT NULL")
_SET_OPERATOR = statement(
    "UPDATE campaigners SET operator = :is_on WHERE id = :id AND operator <> :is_on AND disabled_at IS NULL"
)
_NEXT = statement("SELECT id FROM campaigns WHERE id > :after_id ORDER BY id LIMIT 1")
_TOTALS = statement(
    """SELECT (SELECT count(*) FROM campaigns) AS campaigns, (SELECT count(*) FROM campaigners) AS people,
              (SELECT coalesce(sum(verified), 0) FROM tallies) AS verified,
              (SELECT coalesce(sum(pending), 0) FROM tallies) AS pending"""
)


def list_campaign_ids(connection: Connection, query: str, state: str, before_id: int, now: datetime, limit: int) -> list[int]:
    """Numbers of campaigns whose slug or title has `query` in it, in one of STATES, the newest first."""
    wanted = fold_text(query)
    given = {"query": wanted, "like": _like_pattern(wanted), "before_id": before_id, "most": limit}
    if ":now" in _STATE_SQL[state]:
        given["now"] = now
    return list(connection.execute(_CAMPAIGNS[state], given).scalars())


def next_campaign_id(connection: Connection, after_id: int) -> int | None:
    """The number of the campaign after another; None after the last one."""
    found: int | None = connection.execute(_NEXT, {"after_id": after_id}).scalar_one_or_none()
    return found


def owner_names(connection: Connection, campaign_ids: list[int]) -> dict[int, list[str]]:
    """The names of the owners of campaigns."""
    found: dict[int, list[str]] = {}
    if campaign_ids:
        for row in connection.execute(_OWNERS, {"ids": campaign_ids}):
            found.setdefault(row.campaign_id, []).append(row.name)
    return found


def list_campaigners(connection: Connection, before_id: int, limit: int) -> list[ListedCampaigner]:
    """Campaigners, the newest first, from below a number on."""
    return [_campaigner_from_row(row) for row in connection.execute(_LIST_CAMPAIGNERS, {"before_id": before_id, "most": limit})]


def search_campaigners(connection: Connection, query: str, email_key: str, limit: int) -> list[ListedCampaigner]:
    """Campaigners with `query` in their name or address, or with this canonical address, by name."""
    given = {"like": _like_pattern(query.casefold()), "typed": _like_pattern(query), "email_key": email_key, "most": limit}
    return [_campaigner_from_row(row) for row in connection.execute(_SEARCH_CAMPAIGNERS, given)]


def is_only_operator(connection: Connection, campaigner_id: int) -> bool:
    """Whether nobody would look after the site without somebody. Until the transaction ends, it stays so."""
    ids = connection.execute(_OPERATORS_LOCKED if supports_row_locks(connection) else _OPERATORS).scalars().all()
    return list(ids) == [campaigner_id]


def disable_campaigner(connection: Connection, campaigner_id: int, now: datetime) -> bool:
    """Shut somebody out. False where they were."""
    return connection.execute(_DISABLE, {"id": campaigner_id, "now": now}).rowcount == 1


def enable_campaigner(connection: Connection, campaigner_id: int) -> bool:
    """Let somebody in again. False where they were never shut out."""
    return connection.execute(_ENABLE, {"id": campaigner_id}).rowcount == 1


def set_operator(connection: Connection, campaigner_id: int, *, is_operator: bool) -> bool:
    """Let somebody look after the whole site, or no longer. False where they did, or are shut out."""
    return connection.execute(_SET_OPERATOR, {"id": campaigner_id, "is_on": is_operator}).rowcount == 1


def site_totals(connection: Connection) -> dict[str, int]:
    """How many campaigns, campaigners, and verified and waiting signatures there are."""
    return {name: int(value) for name, value in connection.execute(_TOTALS).one()._asdict().items()}


def _like_pattern(text: str) -> str:
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _campaigner_from_row(row: object) -> ListedCampaigner:
    return ListedCampaigner(**row._asdict())  # type: ignore[attr-defined]
