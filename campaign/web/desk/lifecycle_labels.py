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
        (LifecycleAction.PUBLISH, "Publish", "Show the campaign to everybody, to be signed now or from a day you choose."),
        (LifecycleAction.RESCHEDULE, "Change the opening", "Open it now, or at another time than was planned."),
        (
            LifecycleAction.PAUSE,
            "Pause signing",
            "Take no new signatures for now. Nothing is lost, and you can resume at any time.",
        ),
        (LifecycleAction.RESUME, "Resume signing", "Take signatures again."),
        (
            LifecycleAction.EXTEND,
            "Extend the deadline",
            "Let people sign for longer. The public page says so, with your reason.",
        ),
        (
            LifecycleAction.CLOSE,
            "Close early",
            "Bring the deadline forward to this moment. The public page says so, with your reason.",
        ),
        (LifecycleAction.CHANGE_SLUG, "Change the address", "Give the campaign another address. The old one leads to it."),
        (LifecycleAction.TAKE_DOWN, "Take down", "Hide the campaign from everybody. You can put it back."),
        (LifecycleAction.RESTORE, "Put back", "Show the campaign again, as it was."),
    )
}
STEP_DONE_MESSAGES = {
    LifecycleAction.PUBLISH: "The campaign is published.",
    LifecycleAction.RESCHEDULE: "The opening was changed.",
    LifecycleAction.PAUSE: "Signing is paused.",
    LifecycleAction.RESUME: "People can sign again.",
    LifecycleAction.EXTEND: "The deadline was extended.",
    LifecycleAction.CLOSE: "The campaign is closed.",
    LifecycleAction.CHANGE_SLUG: "The campaign has a new address.",
    LifecycleAction.TAKE_DOWN: "The campaign is taken down.",
    LifecycleAction.RESTORE: "The campaign is shown again.",
}
"""Message once it is done."""
STAGE_NAMES = (
    N_("draft"), N_("scheduled"), N_("open"), N_("paused"), N_("closed"), N_("final"), N_("taken down"), N_("discarded")
)  # fmt: skip
"""What the stages are called, as their values are: for those who translate them."""
STAGE_ORDER = (Stage.DRAFT, Stage.SCHEDULED, Stage.OPEN, Stage.CLOSED, Stage.FINAL)
"""The way a campaign goes, if all goes as planned."""
ANNOUNCEMENT_LABELS = {
    AnnouncementKind.CLOSED_EARLY: "Closed early",
    AnnouncementKind.EXTENDED: "Deadline extended",
    AnnouncementKind.PAUSED: "Signing paused",
    AnnouncementKind.RESUMED: "Signing resumed",
    AnnouncementKind.GRACE_EXTENDED: "More time to confirm",
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
