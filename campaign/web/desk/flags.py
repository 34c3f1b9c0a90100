"""Flags on a campaign's signatures: the reason of each, how much it concerns, and what can be done about it."""

from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.moderation.flag import FLAG_TITLES, SCORE_PART_LABELS, FlagKind, flag_reason
from campaign.services.moderation import flags, holding
from campaign.services.signatures import search
from campaign.store.moderation.flags import Flag
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.template_context import redirect_with_message, render_page

blueprint = DeskBlueprint("flags")


@blueprint.get("/desk/c/<slug>/flags")
@requires(Permission.MODERATE)
def list_flags(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's flags, the open and the dismissed."""
    dismissed = bool(request.args.get("dismissed"))
    found = flags.list_flags(runtime(), context.campaign, dismissed=dismissed)
    holding_on, held = holding.read_holding(runtime(), context.campaign)
    return render_page(
        "flags.html",
        flags=found,
        dismissed=dismissed,
        titles=FLAG_TITLES,
        parts=SCORE_PART_LABELS,
        query=flag_query,
        holding=holding_on,
        held=held,
        named=FlagKind.NAME,
        why=lambda flag: flag_reason(flag.kind, flag.subject, flag.figures),
        when=lambda at: localised.short_time(at, context.campaign.zone),
    )


@blueprint.post("/desk/c/<slug>/flags/holding")
@requires(Permission.MODERATE)
def change_holding(context: DeskContext) -> ResponseReturnValue:
    """Form: hold bursts for a look, or no longer."""
    on = request.form.get("on") == "1"
    changed = holding.set_holding(runtime(), context.actor, context.campaign, on=on)
    words = (
        N_("From now on bursts are held for a look.")
        if on
        else N_("Bursts are not held any longer. What was held is counted now.")
    )
    said = (words, "good") if changed else (N_("It was so before."), "warn")
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/flags", *said)


@blueprint.post("/desk/c/<slug>/flags/<int:number>/dismiss")
@requires(Permission.MODERATE)
def dismiss_flag(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: dismiss a flag."""
    gone = flags.dismiss_flag(runtime(), context.actor, context.campaign, number)
    said = (N_("The flag is dismissed."), "good") if gone else (N_("It was dismissed before."), "warn")
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/flags", *said)


@blueprint.post("/desk/c/<slug>/flags/<int:number>/bring-back")
@requires(Permission.MODERATE)
def restore_flag(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: open a dismissed flag again."""
    back = flags.reopen_flag(runtime(), context.actor, context.campaign, number)
    said = (N_("The flag is back."), "good") if back else (N_("There is no such flag."), "warn")
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/flags", *said)


@blueprint.post("/desk/c/<slug>/flags/<int:number>/signatures")
@requires(Permission.MODERATE)
def flagged_signatures(context: DeskContext, number: int) -> ResponseReturnValue:
    """The signatures of a flag about a name: somebody's own, so it stands in no address."""
    return _redirect_with_search(context, number, "signatures")


@blueprint.post("/desk/c/<slug>/flags/<int:number>/invalidate")
@requires(Permission.MODERATE)
def invalidate_flagged(context: DeskContext, number: int) -> ResponseReturnValue:
    """Invalidating the signatures of a flag about a name, tried dry first."""
    return _redirect_with_search(context, number, "batches/new")


def flag_query(flag: Flag) -> str:
    """The query that finds the signatures a flag is about."""
    return urlencode(flags.flag_filters(flag).to_query())


def _redirect_with_search(context: DeskContext, number: int, page: str) -> ResponseReturnValue:
    """To a page that works on the signatures of a flag, without naming anybody in its address."""
    flag = flags.get_flag(runtime(), context.campaign, number)
    if flag is None or flag.dismissed_at is not None:
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/flags", "That flag was dismissed.", "warn")
    whose = context.session.id, context.campaigner.id, context.campaign.id
    name = search.store_search(runtime(), *whose, flags.flag_filters(flag))
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/{page}?{urlencode({'f': name})}", FLAG_TITLES[flag.kind])
