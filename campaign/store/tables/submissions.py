"""What campaigners decided about handing a campaign in to a recipient: salutation, contact, the words of the petition."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

submissions = Table(
    "submissions",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("profile", String(40), primary_key=True, comment="the name of its folder in templates/submission"),
    Column("options", JSON, nullable=False, comment="by the names the profile gives them: nothing of signatories"),
    Column(
        "revision", Integer, nullable=False, comment="grows with every change, so that two editors never overwrite each other"
    ),
    Column("changed_at", UtcDateTime, nullable=False),
    comment="how each campaign is handed in to each recipient it considers",
)
