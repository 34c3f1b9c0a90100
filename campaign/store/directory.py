"""Campaigns and campaigners as the operator of the site looks through them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.search import folded
from campaign.store.sql import locks_rows, statement


@dataclass(frozen=True, slots=True)
class Person:
    """A campaigner in a list."""

    id: int
    name: str
    email: str
    operator: bool
    created_at: datetime
    disabled_at: datetime | None
    campaigns: int


_NEEDLE = "(:query = '' OR c.slug LIKE :like ESCAPE '!' OR (' ' || c.searched) LIKE :like ESCAPE '!')"
_STATES = {
    "": "true",
    "draft": "c.published_at IS NULL AND c.taken_down_at IS NULL",
    "running": """c.published_at IS NOT NULL AND c.taken_down_at IS NULL AND c.finalised_at IS NULL AND c.closes_at > :now""",
    "closed": "c.published_at IS NOT NULL AND c.taken_down_at IS NULL AND (c.finalised_at IS NOT NULL OR c.closes_at <= :now)",
    "taken-down": "c.taken_down_at IS NOT NULL",
}
STATES = tuple(_STATES)
"""What campaigns can be listed by; "" for all."""
_CAMPAIGNS = {
    state: statement(
        f"""SELECT c.id FROM campaigns c WHERE c.id < :before_id AND {_NEEDLE} AND {condition} ORDER BY c.id DESC LIMIT :most"""
    )
    for state, condition in _STATES.items()
}
_OWNERS = statement(
    """SELECT t.campaign_id, p.name FROM team t JOIN campaigners p ON p.id = t.campaigner_id
       WHERE t.role = 'owner' AND t.campaign_id IN :ids ORDER BY p.name, p.id""",
    many=("ids",),
)
_PERSON = """SELECT p.id, p.name, p.email, p.operator, p.created_at, p.disabled_at,
                    (SELECT count(*) FROM team t WHERE t.campaigner_id = p.id) AS campaigns FROM campaigners p"""
_PEOPLE = statement(f"{_PERSON} WHERE p.id < :before_id ORDER BY p.id DESC LIMIT :most")
# There are as many campaigners as a site has teams, not as it has signatories: they are looked through one by one.
_SEARCHED = statement(
    f"""{_PERSON} WHERE lower(p.name) LIKE :like ESCAPE '!' OR p.name LIKE :typed ESCAPE '!'
        OR lower(p.email) LIKE :like ESCAPE '!' OR p.email_key = :email_key ORDER BY p.name, p.id LIMIT :most"""
)
# The rows of all who look after the site are locked: two of them who shut each other out go one after the other.
_OPERATORS, _OPERATORS_LOCKED = (
    statement(f"SELECT id FROM campaigners WHERE operator AND disabled_at IS NULL ORDER BY id {lock}")
    for lock in ("", "FOR UPDATE")
)
_DISABLE = statement("UPDATE campaigners SET disabled_at = :now WHERE id = :id AND disabled_at IS NULL")
_ENABLE = statement("UPDATE campaigners SET disabled_at = NULL WHERE id = :id AND disabled_at IS NOT NULL")
_OPERATE = statement("UPDATE campaigners SET operator = :is_on WHERE id = :id AND operator <> :is_on AND disabled_at IS NULL")
_NEXT = statement("SELECT id FROM campaigns WHERE id > :after_id ORDER BY id LIMIT 1")
_NUMBERS = statement(
    """SELECT (SELECT count(*) FROM campaigns) AS campaigns, (SELECT count(*) FROM campaigners) AS people,
              (SELECT coalesce(sum(verified), 0) FROM tallies) AS verified,
              (SELECT coalesce(sum(pending), 0) FROM tallies) AS pending"""
)


def campaigns(connection: Connection, query: str, state: str, before_id: int, now: datetime, most: int) -> list[int]:
    """Numbers of campaigns whose slug or title has `query` in it, in one of STATES, the newest first."""
    wanted = folded(query)
    given = {"query": wanted, "like": _like(wanted), "before_id": before_id, "most": most}
    if ":now" in _STATES[state]:
        given["now"] = now
    return list(connection.execute(_CAMPAIGNS[state], given).scalars())


def next_campaign(connection: Connection, after_id: int) -> int | None:
    """The number of the campaign after another; None after the last one."""
    found: int | None = connection.execute(_NEXT, {"after_id": after_id}).scalar_one_or_none()
    return found


def owners(connection: Connection, campaign_ids: list[int]) -> dict[int, list[str]]:
    """The names of the owners of campaigns."""
    found: dict[int, list[str]] = {}
    if campaign_ids:
        for row in connection.execute(_OWNERS, {"ids": campaign_ids}):
            found.setdefault(row.campaign_id, []).append(row.name)
    return found


def people(connection: Connection, before_id: int, most: int) -> list[Person]:
    """Campaigners, the newest first, from below a number on."""
    return [_person(row) for row in connection.execute(_PEOPLE, {"before_id": before_id, "most": most})]


def search_people(connection: Connection, query: str, email_key: str, most: int) -> list[Person]:
    """Campaigners with `query` in their name or address, or with this canonical address, by name."""
    given = {"like": _like(query.casefold()), "typed": _like(query), "email_key": email_key, "most": most}
    return [_person(row) for row in connection.execute(_SEARCHED, given)]


def only_operator(connection: Connection, campaigner_id: int) -> bool:
    """Whether nobody would look after the site without somebody. Until the transaction ends, it stays so."""
    ids = connection.execute(_OPERATORS_LOCKED if locks_rows(connection) else _OPERATORS).scalars().all()
    return list(ids) == [campaigner_id]


def disable(connection: Connection, campaigner_id: int, now: datetime) -> bool:
    """Shut somebody out. False where they were."""
    return connection.execute(_DISABLE, {"id": campaigner_id, "now": now}).rowcount == 1


def enable(connection: Connection, campaigner_id: int) -> bool:
    """Let somebody in again. False where they were never shut out."""
    return connection.execute(_ENABLE, {"id": campaigner_id}).rowcount == 1


def set_operator(connection: Connection, campaigner_id: int, *, operator: bool) -> bool:
    """Let somebody look after the whole site, or no longer. False where they did, or are shut out."""
    return connection.execute(_OPERATE, {"id": campaigner_id, "is_on": operator}).rowcount == 1


def numbers(connection: Connection) -> dict[str, int]:
    """How many campaigns, campaigners, and verified and waiting signatures there are."""
    return {name: int(value) for name, value in connection.execute(_NUMBERS).one()._asdict().items()}


def _like(text: str) -> str:
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _person(row: object) -> Person:
    return Person(**row._asdict())  # type: ignore[attr-defined]
