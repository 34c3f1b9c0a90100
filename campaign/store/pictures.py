"""Pictures of campaigns, as re-encoded by us: a few copies each, in different widths."""

from collections.abc import Sequence

from sqlalchemy import Connection

from campaign.store.sql import statement
from campaign.store.tables import pictures

_GET = statement("SELECT body FROM pictures WHERE campaign_id = :campaign_id AND width = :width")


def put(connection: Connection, campaign_id: int, digest: str, copies: Sequence[tuple[int, int, bytes]]) -> None:
    """Store the copies of a new campaign's picture: width, height and WebP of each. `digest` names the picture."""
    for width, height, body in copies:
        connection.execute(
            pictures.insert().values(campaign_id=campaign_id, width=width, height=height, hash=digest, body=body)
        )


def get(connection: Connection, campaign_id: int, width: int) -> bytes | None:
    """One copy; None where there is none of that width."""
    body = connection.execute(_GET, {"campaign_id": campaign_id, "width": width}).scalar_one_or_none()
    return None if body is None else bytes(body)
