"""Alarms at the desk: the banner on every page, and putting one aside."""

from dataclasses import dataclass

from flask import g
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.site.alarm import ALARM_RULES, AlarmKind, alarm_sentence
from campaign.services.site import alarms
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.site.alarms import Alarm
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.template_context import redirect_with_message
from campaign.web.translation import gettext, translated

blueprint = DeskBlueprint("alarms")

_PAGES = {AlarmKind.SERIOUS_FLAG: "flags", AlarmKind.FLOOD: "flags", AlarmKind.BOUNCES: ""}
"""Where the cause of an alarm about a campaign is looked at."""


@dataclass(frozen=True, slots=True)
class Banner:
    """An alarm as the top of a page says it."""

    title: str
    words: str
    page: str
    """Where to look; "" where the reader may not."""
    dismiss_path: str
    """Where it is put aside; "" where the reader may not."""


@blueprint.post("/desk/c/<slug>/alarms/<int:number>/dismiss")
@requires(Permission.MODERATE)
def dismiss_campaign_alarm(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: put an alarm of a campaign aside."""
    gone = alarms.dismiss_alarm(runtime(), context.actor, number, context.campaign)
    return _redirect(f"/desk/c/{context.campaign.slug}/", gone=gone)


@blueprint.post("/desk/site/alarms/<int:number>/dismiss")
@requires(Permission.OPERATE_SITE)
def dismiss_site_alarm(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: put an alarm of the whole site aside."""
    return _redirect("/desk/site/", gone=alarms.dismiss_alarm(runtime(), context.actor, number, None))


@blueprint.app_template_global()
def alarm_banners() -> list[Banner]:
    """The alarms that the reader of this page is to know of: those of its campaign, and to operators those of the site."""
    context: DeskContext | None = g.get("desk_context")
    if context is None:
        return []
    try:
        return _banners(context)
    except StoreUnavailableError:
        # The page that says so is a page of the desk too.
        return []


def _banners(context: DeskContext) -> list[Banner]:
    found: list[Banner] = []
    if context.campaigner.operator:
        found += [_banner(one, "/desk/site", "", may_dismiss=True) for one in alarms.standing_alarms(runtime(), None)]
    if (campaign := context.campaign_or_none) is not None and context.may(Permission.VIEW):
        path = f"/desk/c/{campaign.slug}"
        for one in alarms.standing_alarms(runtime(), campaign):
            page = _PAGES.get(one.kind, "")
            may_look = context.may(Permission.MODERATE if page == "flags" else Permission.VIEW)
            found.append(_banner(one, path, f"{path}/{page}" if may_look else "", may_dismiss=context.may(Permission.MODERATE)))
    return found


def _banner(alarm: Alarm, path: str, page: str, *, may_dismiss: bool) -> Banner:
    rules = ALARM_RULES[alarm.kind]
    words = f"{translated(alarm_sentence(alarm.kind, alarm.facts))} {gettext(rules.advice)}"
    return Banner(rules.title, words, page, f"{path}/alarms/{alarm.id}/dismiss" if may_dismiss else "")


def _redirect(path: str, *, gone: bool) -> ResponseReturnValue:
    said = (N_("The alarm is put aside."), "good") if gone else (N_("It was put aside before."), "warn")
    return redirect_with_message(path, *said)
