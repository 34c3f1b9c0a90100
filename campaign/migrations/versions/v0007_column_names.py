"""Columns named by the field's own terms."""

from alembic import op

revision = "0007"
down_revision = "0006"

_NEW_NAMES = {
    "audit": {"who": "actor_name", "act": "action", "was": "before", "became": "after"},
    "batches": {
        "rule": "selection",
        "up_to": "max_signature_id",
        "class": "reason_class",
        "seen": "last_signature_id",
        "moved": "invalidated",
    },
    "campaigners": {"told": "wants_alerts", "digest": "wants_digest"},
    "campaigns": {"asked": "form_fields", "searched": "search_text"},
    "exports": {"claim": "claim_key", "problem": "failure_reason", "rows": "signature_count"},
    "flags": {"parts": "score_parts", "facts": "figures"},
    "intakes": {"held": "encrypted_rows", "taken": "imported", "again": "repeat_number", "left_out": "excluded"},
    "removal_tallies": {"class": "reason_class"},
    "sheets": {"run": "print_run"},
    "switches": {"thrown": "is_on"},
}


def upgrade() -> None:
    """Both databases rename a column in its constraints and indexes too."""
    for table, names in _NEW_NAMES.items():
        for old, new in names.items():
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
