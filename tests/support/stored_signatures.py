"""Many signatures at once, put into the store as signing puts them there, for what finds them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.runtime import Runtime
from campaign.store.tables import signatures
from tests.support.factories import START_TIME


def store_signatures(runtime: Runtime, campaign: Campaign, rows: Iterable[dict[str, Any]]) -> list[int]:
    """Store verified signatures, a minute apart, each from what is special about it; returns their numbers."""
    with runtime.transaction() as connection:
        last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM signatures").scalar_one()
        made = [_row(campaign, last + number, row) for number, row in enumerate(rows, 1)]
        connection.execute(signatures.insert(), made)
        found = connection.execute(signatures.select().where(signatures.c.id > last).order_by(signatures.c.id))
        return [row.id for row in found]


def double_signatures(runtime: Runtime, times: int) -> None:
    """Store each signature there is once more under another address, so often one after the other."""
    own = {"id", "email_key", "line", "intake_id"}
    names = ", ".join(column.name for column in signatures.columns if column.name not in own)
    with runtime.transaction() as connection:
        for time in range(times):
            sql = f"INSERT INTO signatures (email_key, {names}) SELECT email_key || '{time}.', {names} FROM signatures"
            connection.execute(text(sql))


def _row(campaign: Campaign, number: int, row: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "campaign_id": campaign.id, "text_hash": campaign.text.hash, "state": "verified", "counted_as": "none",
        "counted_country": "", "name": "Ada Lovelace", "email": f"number{number}@example.org", "mailbox_hash": f"{number:032}",
        "country": "GB", "postcode": "SW1A 1AA", "comment": "", "public": False, "updates": False, "updates_wording": "",
        "source": "", "edition": 1, "edition_floor": 1, "browser_hash": "", "link_key": f"{number:016x}",
        "signed_at": START_TIME + timedelta(minutes=number), "ended_reason": "", "network": "", "link_opened": 0,
        "batch_id": None, "held_flag_id": None, "comment_hidden": "", "comment_public": False,
    }  # fmt: skip
    made = {**plain, **row}
    made.setdefault("email_key", made["email"].lower())
    made.setdefault("submitted_at", made["signed_at"])
    made.setdefault("verified_at", made["signed_at"] if made["state"] == "verified" else None)
    return made | {
        "name_key": name_key(made["name"]), "surname_key": surname_key(made["name"]),
        "domain": email_domain(made["email_key"]), "area": postcode_area(made["postcode"], made["country"]),
    }  # fmt: skip
