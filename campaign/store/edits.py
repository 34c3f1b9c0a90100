"""Changing a campaign that others may be changing too: whoever saves says which revision they saw; only that is replaced."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam

from campaign.domain.actor import Actor
from campaign.domain.setup import Rules, Times
from campaign.domain.standing import RecipientKind, Standing
from campaign.store import audit, campaigns
from campaign.store.audit import Entry
from campaign.store.sql import statement
from campaign.store.tables import campaigns as table

_MOST_ENTRIES = 20
"""Entries of the audit trail that are looked through for what somebody else has changed."""
REVISION = "revision"
"""Under this name the audit trail says which revision a change has made."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A campaign as somebody sees it who is going to change it."""

    standing: Standing
    revision: int
    """Grows with every change of the campaign, not with its numbers."""
    signed: bool
    """Whether anybody has ever signed it."""


class Overtaken(Exception):  # noqa: N818 - it says what happened
    """Somebody else has changed the campaign since it was opened. Nothing was stored."""

    def __init__(self, opened: Opened, changes: list[Entry]) -> None:
        super().__init__(opened.standing.slug)
        self.opened = opened
        """As it is now."""
        self.changes = changes
        """What was changed since, the newest first, as far as it is known."""


_LOOK = statement(
    """SELECT revision, EXISTS (SELECT 1 FROM signatures s WHERE s.campaign_id = c.id)
              OR EXISTS (SELECT 1 FROM ledger l WHERE l.campaign_id = c.id) AS signed
       FROM campaigns c WHERE c.id = :id"""
)
_CLAIM = statement("UPDATE campaigns SET revision = revision + 1 WHERE id = :id AND revision = :seen")
_KIND = statement("UPDATE campaigns SET recipient_kind = :kind WHERE id = :id")
_KEY = statement("UPDATE campaigns SET preview_key = :key WHERE id = :id")
_KEY_OF = statement("SELECT preview_key FROM campaigns WHERE id = :id")
_USED = statement(
    "SELECT slug FROM campaigns WHERE slug IN :wanted UNION ALL SELECT slug FROM slugs WHERE slug IN :wanted", many=("wanted",)
)


def look(connection: Connection, campaign_id: int) -> Opened:
    """A campaign, to be changed. What it says is never older than its revision. Raises NoResultFound."""
    row = connection.execute(_LOOK, {"id": campaign_id}).one()
    return Opened(campaigns.by_id(connection, campaign_id), row.revision, bool(row.signed))


def claim(connection: Connection, campaign_id: int, seen: int) -> Opened:
    """Begin a change of what somebody saw at revision `seen`; nobody else can until the transaction ends. Raises Overtaken."""
    if connection.execute(_CLAIM, {"id": campaign_id, "seen": seen}).rowcount != 1:
        entries = audit.page(connection, campaign_id, most=_MOST_ENTRIES)
        since = [entry for entry in entries if entry.became.get(REVISION, 0) > seen]
        raise Overtaken(look(connection, campaign_id), since)
    return look(connection, campaign_id)


def set_kind(connection: Connection, campaign_id: int, kind: RecipientKind) -> None:
    """Say whom the campaign asks."""
    connection.execute(_KIND, {"id": campaign_id, "kind": kind})


def set_times(connection: Connection, campaign_id: int, times: Times) -> None:
    """Change when a draft will run. What is published keeps its window: others have read it."""
    _update(
        connection, campaign_id, {
            "opens_at": times.opens_at, "closes_at": times.closes_at, "verify_until": times.closes_at + times.grace,
            "time_zone": times.time_zone,
        }, draft=True,
    )  # fmt: skip


def set_rules(connection: Connection, campaign_id: int, rules: Rules) -> None:
    """Change what is asked of who signs, and how the campaign looks."""
    asked, goals = dataclasses.asdict(rules.asked), list(rules.goals)
    plain = {name: getattr(rules, name) for name in ("supporters", "accent", "contact", "controller")}
    _update(connection, campaign_id, {**plain, "asked": asked, "goals": goals})


def set_key(connection: Connection, campaign_id: int, key: str) -> None:
    """Change what opens the preview; the old link is dead."""
    connection.execute(_KEY, {"id": campaign_id, "key": key})


def key_of(connection: Connection, campaign_id: int) -> str:
    """What opens the preview; empty where nothing does."""
    return str(connection.execute(_KEY_OF, {"id": campaign_id}).scalar_one())


def used_slugs(connection: Connection, wanted: list[str]) -> set[str]:
    """Which of some slugs are, or once were, a campaign's."""
    return set(connection.execute(_USED, {"wanted": wanted}).scalars())


def record(
    connection: Connection,
    actor: Actor,
    act: str,
    opened: Opened,
    now: datetime,
    was: Mapping[str, Any],
    became: Mapping[str, Any],
    *,
    subject: str = "",
    reason: str = "",
) -> None:
    """Note a change of a campaign that was claimed, with the revision it makes."""
    audit.record(
        connection, actor, act, now, campaign_id=opened.standing.id, subject=subject, was=was,
        became={**became, REVISION: opened.revision}, reason=reason,
    )  # fmt: skip


def _update(connection: Connection, campaign_id: int, values: Mapping[str, Any], *, draft: bool = False) -> None:
    change = table.update().where(table.c.id == bindparam("of_id")).values(values)
    if draft:
        change = change.where(table.c.published_at.is_(None))
    connection.execute(change, {"of_id": campaign_id})
