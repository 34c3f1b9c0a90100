"""Big acts: what moves a large part of a campaign's count is done only where somebody says so a second time."""

from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError

BIG_PART = 10
"""An act on more than one in so many signatures is big."""


class UnconfirmedBigActError(InvalidInputError):
    """A big act that nobody has confirmed. Nothing was changed."""


def is_big_act(amount: int, count: int) -> bool:
    """Whether `amount` is more than a tenth of the `count` of a campaign."""
    return amount * BIG_PART > count


def require_confirmed(amount: int, count: int, *, confirmed: bool) -> None:
    """Raises UnconfirmedBigActError for a big act that is not confirmed."""
    if is_big_act(amount, count) and not confirmed:
        raise UnconfirmedBigActError(
            N_("That is more than a tenth of the count: %(amount)s, where %(count)s count. Tick the box if you mean it."),
            amount=format_number(amount), count=format_number(count),
        )  # fmt: skip
