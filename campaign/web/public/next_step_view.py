"""Next step after signing, as the thank-you page shows it."""

from dataclasses import dataclass

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.next_step import LINK_KINDS
from campaign.domain.campaigns.text import PageTexts
from campaign.domain.campaigns.web_address import web_host


@dataclass(frozen=True, slots=True)
class NextStepView:
    """Next step that is asked of who has just signed."""

    kind: str
    url: str
    """Where the button leads; empty where there is none."""
    host: str
    """Where that is, as people say it."""
    label: str
    """What stands on the button; empty where the campaigner has not said it."""
    text: str


def next_step_view(campaign: Campaign, texts: PageTexts) -> NextStepView:
    """What a campaign asks for, in the words of one language."""
    kind, url = campaign.next_step.kind, campaign.next_step.url
    if kind not in LINK_KINDS:
        return NextStepView(kind, "", "", "", "")
    return NextStepView(kind, url, web_host(url), texts.next_step_label, texts.next_step_text)
