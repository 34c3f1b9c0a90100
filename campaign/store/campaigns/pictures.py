"""Pictures of campaigns, re-encoded: a few copies each, in different widths."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select

from campaign.store.tables import pictures

_GET = select(pictures.c.body).where(pictures.c.campaign_id == bindparam("campaign_id"), pictures.c.width == bindparam("width"))
_DELETE = delete(pictures).where(pictures.c.campaign_id == bindparam("campaign_id"))
_COPY = pictures.insert().from_select(
    ["campaign_id", "width", "height", "hash", "body"],
    select(
        bindparam("to_campaign", type_=pictures.c.campaign_id.type), pictures.c.width, pictures.c.height, pictures.c.hash,
        pictures.c.body,
    ).where(pictures.c.campaign_id == bindparam("from_campaign")),
)  # fmt: skip


def store_picture(connection: Connection, campaign_id: int, digest: str, copies: Sequence[tuple[int, int, bytes]]) -> None:
    """Store the copies of a picture, for a campaign that has none: width, height and WebP of each. `digest` names it."""
    for width, height, body in copies:
        connection.execute(
            pictures.insert().values(campaign_id=campaign_id, width=width, height=height, hash=digest, body=body)
        )


def delete_picture(connection: Connection, campaign_id: int) -> None:
    """Delete the picture of a campaign, where it has one."""
    connection.execute(_DELETE, {"campaign_id": campaign_id})


def copy_picture(connection: Connection, campaign_id: int, to_campaign_id: int) -> None:
    """Copy the picture of a campaign to another that has none."""
    connection.execute(_COPY, {"from_campaign": campaign_id, "to_campaign": to_campaign_id})


def get_picture(connection: Connection, campaign_id: int, width: int) -> bytes | None:
    """WebP of one copy; None where there is none of that width."""
    return connection.execute(_GET, {"campaign_id": campaign_id, "width": width}).scalar_one_or_none()
