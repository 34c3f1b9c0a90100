"""Labels of what is decided about handing a campaign in, as its form has them."""

from campaign.domain.common.i18n import N_
from campaign.services import submissions
from campaign.web.translation import translated

LISTED_LABEL = N_("Whose names are listed")


def option_label(profile_key: str, name: str) -> str:
    """What an option of a recipient is called; its name where the recipient has no such option any more."""
    try:
        profile = submissions.get_profile(profile_key)
    except LookupError:
        return name
    labels = {
        "listed": LISTED_LABEL,
        **{question.name: question.label for question in profile.questions},
        **{submissions.confirmation_option(rule.name): rule.label for rule in profile.confirmations},
    }
    return translated(labels[name]) if name in labels else name
