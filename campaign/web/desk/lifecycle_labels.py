"""Labels of the lifecycle steps, and the page on which each thing a draft lacks is put right."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.campaigns import stages
from campaign.domain.campaigns.announcement import AnnouncementKind
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import ChecklistItem, LifecycleAction, Stage
from campaign.domain.common.i18n import N_


@dataclass(frozen=True, slots=True)
class StepLabels:
    """One step as it is offered."""

    path: str
    name: str
    """As a button and a title say it."""
    description: str
    """What it comes to, in a sentence."""
    destructive: bool = False


STEP_LABELS = {
    action: StepLabels(
        action.value, name, description, destructive=action in (LifecycleAction.CLOSE, LifecycleAction.TAKE_DOWN)
    )
    for action, name, description in (
        (
            LifecycleAction.PUBLISH,
            N_("Publish"),
            N_("Show the campaign to everybody, to be signed now or from a day you choose."),
        ),
        (LifecycleAction.RESCHEDULE, N_("Change the opening"), N_("Open it now, or at another time than was planned.")),
        (
            LifecycleAction.PAUSE,
            N_("Pause signing"),
            N_("Take no new signatures for now. Nothing is lost, and you can resume at any time."),
        ),
        (LifecycleAction.RESUME, N_("Resume signing"), N_("Take signatures again.")),
        (
            LifecycleAction.EXTEND,
            N_("Extend the deadline"),
            N_("Let people sign for longer. The public page says so, with your reason."),
        ),
        (
            LifecycleAction.CLOSE,
            N_("Close early"),
            N_("Bring the deadline forward to this moment. The public page says so, with your reason."),
        ),
        (
            LifecycleAction.CHANGE_SLUG,
            N_("Change the address"),
            N_("Give the campaign another address. The old one leads to it."),
        ),
        (LifecycleAction.TAKE_DOWN, N_("Take down"), N_("Hide the campaign from everybody. You can put it back.")),
        (LifecycleAction.RESTORE, N_("Put back"), N_("Show the campaign again, as it was.")),
    )
}
STEP_DONE_MESSAGES = {
    LifecycleAction.PUBLISH: N_("The campaign is published."),
    LifecycleAction.RESCHEDULE: N_("The opening was changed."),
    LifecycleAction.PAUSE: N_("Signing is paused."),
    LifecycleAction.RESUME: N_("People can sign again."),
    LifecycleAction.EXTEND: N_("The deadline was extended."),
    LifecycleAction.CLOSE: N_("The campaign is closed."),
    LifecycleAction.CHANGE_SLUG: N_("The campaign has a new address."),
    LifecycleAction.TAKE_DOWN: N_("The campaign is taken down."),
    LifecycleAction.RESTORE: N_("The campaign is shown again."),
}
"""Message once it is done."""
STAGE_NAMES = (
    N_("draft"), N_("scheduled"), N_("open"), N_("paused"), N_("closed"), N_("final"), N_("taken down"), N_("discarded")
)  # fmt: skip
"""What the stages are called, as their values are: for those who translate them."""
ANNOUNCER_NAMES = (N_("the campaigners"), N_("the operator of this site"), N_("this site, by its rule"))
"""Who announced something, as the values are: for those who translate them."""
STAGE_ORDER = (Stage.DRAFT, Stage.SCHEDULED, Stage.OPEN, Stage.CLOSED, Stage.FINAL)
"""The way a campaign goes, if all goes as planned."""
ANNOUNCEMENT_LABELS = {
    AnnouncementKind.CLOSED_EARLY: N_("Closed early"),
    AnnouncementKind.EXTENDED: N_("Deadline extended"),
    AnnouncementKind.PAUSED: N_("Signing paused"),
    AnnouncementKind.RESUMED: N_("Signing resumed"),
    AnnouncementKind.GRACE_EXTENDED: N_("More time to confirm"),
}
FIELD_PAGES = {
    **dict.fromkeys(("title", "recipient", "ask", "background", "picture_alt", "statement"), "text"),
    **dict.fromkeys(("closes_at", "contact", "controller", "organiser"), "settings"),
}
"""Page on which each field is edited."""


def checklist_links(campaign: Campaign, now: datetime) -> list[tuple[ChecklistItem, str]]:
    """What a draft is asked for, each with the address where it is put right."""
    return [(item, _fix_path(campaign, item)) for item in stages.publish_checklist(campaign, now)]


def _fix_path(campaign: Campaign, item: ChecklistItem) -> str:
    page = FIELD_PAGES[item.field]
    language = f"?language={item.language}" if item.language not in ("", campaign.language) else ""
    return f"/desk/c/{campaign.slug}/{page}{language}#{item.field}"
