"""Pictures of campaigns, as re-encoded by us: a few copies each, in different widths."""

from collections.abc import Sequence

from sqlalchemy import Connection

from campaign.store.sql import statement
from campaign.store.tables import pictures

_GET = statement("SELECT body FROM pictures WHERE campaign_id = :campaign_id AND width = :width")
_DROP = statement("DELETE FROM pictures WHERE campaign_id = :campaign_id")
_COPY = statement(
    """INSERT INTO pictures (campaign_id, width, height, hash, body)
       SELECT :copy_id, width, height, hash, body FROM pictures WHERE campaign_id = :campaign_id"""
)


def put(connection: Connection, campaign_id: int, digest: str, copies: Sequence[tuple[int, int, bytes]]) -> None:
    """Store the copies of a picture, for a campaign that has none: width, height and WebP of each. `digest` names it."""
    for width, height, body in copies:
        connection.execute(
            pictures.insert().values(campaign_id=campaign_id, width=width, height=height, hash=digest, body=body)
        )


def drop(connection: Connection, campaign_id: int) -> None:
    """Take a campaign's picture away, where it has one."""
    connection.execute(_DROP, {"campaign_id": campaign_id})


def copy(connection: Connection, campaign_id: int, copy_id: int) -> None:
    """Give a campaign that has no picture the one of another."""
    connection.execute(_COPY, {"campaign_id": campaign_id, "copy_id": copy_id})


def get(connection: Connection, campaign_id: int, width: int) -> bytes | None:
    """One copy; None where there is none of that width."""
    body = connection.execute(_GET, {"campaign_id": campaign_id, "width": width}).scalar_one_or_none()
    return None if body is None else bytes(body)
