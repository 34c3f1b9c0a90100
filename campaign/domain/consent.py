"""The wording of each consent ever asked for. Entries are only ever added: signatures point at the words they agreed to."""

from campaign.domain.messages import N_

UPDATES_WORDINGS: dict[str, str] = {
    "updates-2026-11": N_("Email me about this campaign. I can stop it at any time."),
}
UPDATES_WORDING = "updates-2026-11"
"""The one asked for now."""
