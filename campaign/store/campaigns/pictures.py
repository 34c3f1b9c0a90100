"""Pictures of campaigns, as re-encoded by us: a few copies each, in different widths."""

from collections.abc import Sequence

from sqlalchemy import Connection

from campaign.store.database.statements import statement
from campaign.store.tables import pictures

_GET = statement("SELECT body FROM pictures WHERE campaign_id = :campaign_id AND width = :width")
_DELETE = statement("DELETE FROM pictures WHERE campaign_id = :campaign_id")
_COPY = statement(
    """INSERT INTO pictures (campaign_id, width, height, hash, body)
       SELECT :copy_id, width, height, hash, body FROM pictures WHERE campaign_id = :campaign_id"""
)


def store_picture(connection: Connection, campaign_id: int, digest: str, copies: Sequence[tuple[int, int, bytes]]) -> None:
    """Store the copies of a picture, for a campaign that has none: width, height and WebP of each. `digest` names it."""
    for width, height, body in copies:
        connection.execute(
            pictures.insert().values(campaign_id=campaign_id, width=width, height=height, hash=digest, body=body)
        )


def delete_picture(connection: Connection, campaign_id: int) -> None:
    """Take a campaign's picture away, where it has one."""
    connection.execute(_DELETE, {"campaign_id": campaign_id})


def copy_picture(connection: Connection, campaign_id: int, to_campaign_id: int) -> None:
    """Give a campaign that has no picture the one of another."""
    connection.execute(_COPY, {"campaign_id": campaign_id, "copy_id": to_campaign_id})


def get_picture(connection: Connection, campaign_id: int, width: int) -> bytes | None:
    """One copy; None where there is none of that width."""
    body = connection.execute(_GET, {"campaign_id": campaign_id, "width": width}).scalar_one_or_none()
    return None if body is None else bytes(body)
