"""Second factor of operators: who looks after the whole site must have one, a week after the site's first start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.accounts.second_factor import OPERATOR_GRACE
from campaign.store.accounts import accounts

if TYPE_CHECKING:
    from datetime import datetime

    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner


def second_factor_due(runtime: Runtime, campaigner: Campaigner) -> datetime | None:
    """Moment from which an operator without a second factor must set one up; None for everybody else."""
    if not campaigner.operator or campaigner.has_second_factor:
        return None
    with runtime.reading() as connection:
        return accounts.first_campaigner_created_at(connection) + OPERATOR_GRACE
