"""What the operator of the site does: look after campaigns and people, and see whether the site is well."""

from campaign.operating.campaigns import Listed, all_campaigns, numbers
from campaign.operating.health import (
    Health,
    Proved,
    health,
    last_proved,
    next_campaign,
    note_proved,
    note_proved_one,
    proving,
    set_proving,
)
from campaign.operating.people import (
    LastOperator,
    Oneself,
    disable,
    enable,
    everybody,
    search,
    set_operator,
    somebody,
)

__all__ = [
    "Health", "LastOperator", "Listed", "Oneself", "Proved", "all_campaigns", "disable", "enable", "everybody", "health",
    "last_proved", "next_campaign", "note_proved", "note_proved_one", "numbers", "proving", "search", "set_operator",
    "set_proving", "somebody",
]  # fmt: skip
