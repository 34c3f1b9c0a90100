"""The wording of each consent ever asked for. Entries are only ever added: signatures point at the words they agreed to."""

from campaign.domain.common.i18n import N_

UPDATES_WORDINGS: dict[str, str] = {
    "updates-2026-11": N_("Email me about this campaign. I can stop it at any time."),
    "paper": N_("On paper, where the campaigners asked whether they may email about this campaign."),
}
PAPER_UPDATES_WORDING = "paper"
"""What stands for the words on a sheet, which may be the campaigners' own."""
CURRENT_UPDATES_WORDING = "updates-2026-11"
"""The one asked for now."""
