"""Use cases of the operator of the site: look after campaigns and people, and see whether the site is well."""

from campaign.services.site.campaigners import (
    LastOperatorError,
    OwnAccountError,
    disable_campaigner,
    enable_campaigner,
    get_campaigner,
    list_campaigners,
    search_campaigners,
    set_operator,
)
from campaign.services.site.campaigns import ListedCampaign, list_campaigns, site_totals
from campaign.services.site.health import (
    LastReconciliation,
    SiteHealth,
    last_reconciled_at,
    next_campaign,
    reconcile_progress,
    record_campaign_reconciliation,
    record_reconciliation,
    set_reconcile_progress,
    site_health,
)

__all__ = [
    "LastOperatorError",
    "LastReconciliation",
    "ListedCampaign",
    "OwnAccountError",
    "SiteHealth",
    "disable_campaigner",
    "enable_campaigner",
    "get_campaigner",
    "last_reconciled_at",
    "list_campaigners",
    "list_campaigns",
    "next_campaign",
    "reconcile_progress",
    "record_campaign_reconciliation",
    "record_reconciliation",
    "search_campaigners",
    "set_operator",
    "set_reconcile_progress",
    "site_health",
    "site_totals",
]
