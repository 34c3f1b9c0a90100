"""What the public side reads of many signatures: the newest supporters, and how many came by one link."""

from sqlalchemy import Connection

from campaign.store.database.statements import statement

_REFERRALS = statement(
    """SELECT count(*) FROM (
           SELECT 1 FROM signatures WHERE campaign_id = :campaign_id AND brought_by = :code AND brought_by <> ''
               AND state = 'verified' AND id <> :but LIMIT :most) AS brought"""
)
# Found by way of the ledger, whose key is in the order of counting: no index of its own that each signature would have to keep.
_SUPPORTERS = statement(
    """SELECT s.name, s.country, s.postcode
       FROM (SELECT signature_id, max(sequence) AS sequence FROM ledger
             WHERE campaign_id = :campaign_id AND sequence > :after AND change = 1 GROUP BY signature_id) l
       JOIN signatures s ON s.id = l.signature_id
       WHERE s.campaign_id = :campaign_id AND s.state = 'verified' AND s.public
       ORDER BY l.sequence DESC LIMIT :most"""
)


def count_referrals(
    connection: Connection, campaign_id: int, referral_code: str, excluded_signature_id: int, limit: int
) -> int:
    """How many verified signatures came by a personal link, up to `most`; its owner's own, `but`, is none of them."""
    return int(
        connection.execute(
            _REFERRALS, {"campaign_id": campaign_id, "code": referral_code, "but": excluded_signature_id, "most": limit}
        ).scalar_one()
    )


def newest_supporters(connection: Connection, campaign_id: int, after_sequence: int, limit: int) -> list[tuple[str, str, str]]:
    """Name, country and postcode of the newest verified signatories who chose to be public, counted after an entry of the
    ledger, newest first. A signature that was counted twice is there once, where it was counted last."""
    found = connection.execute(_SUPPORTERS, {"campaign_id": campaign_id, "after": after_sequence, "most": limit})
    return [(row.name, row.country, row.postcode) for row in found]
