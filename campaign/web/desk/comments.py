"""Comments of a campaign's signatories: the list, putting one on the campaign's page, hiding one, showing it again."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.signatures import comments
from campaign.store.database.query_timeout import StatementTimeoutError
from campaign.store.signatures.comments import COMMENT_FILTERS, CommentFilter
from campaign.store.signatures.signature_list import PageDirection
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_input, looked_for, read_cursor
from campaign.web.desk.signature_labels import SIGNATURE_STATE_LABELS, place_name
from campaign.web.desk.template_context import redirect_with_message, render_page

_LISTS: tuple[tuple[CommentFilter, str], ...] = (
    ("all", N_("All")), ("to-read", N_("To read")), ("published", N_("On the page")), ("hidden", N_("Hidden")),
)  # fmt: skip
"""What the page can be of, and what its tab says."""

blueprint = DeskBlueprint("comments")


@blueprint.get("/desk/c/<slug>/comments")
@requires(Permission.READ_SIGNATURES)
def list_comments(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's comments, filtered by the query."""
    return _comments_page(context)


@blueprint.post("/desk/c/<slug>/comments/<int:number>/publish")
@requires(Permission.MODERATE)
def publish_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: put a comment, with the words that were read, on the campaign's page."""
    said = looked_for(request.form.get("comment", "")).replace("\r\n", "\n")
    published = comments.publish_comment(runtime(), context.actor, context.campaign.id, number, said)
    return _redirect_to_comments(
        context,
        N_("The comment is on the campaign’s page."),
        moved=published,
        still=N_("Nothing was changed: it is there already, was changed meanwhile, or may not be shown."),
    )


@blueprint.post("/desk/c/<slug>/comments/<int:number>/unpublish")
@requires(Permission.MODERATE)
def unpublish_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: take a comment off the campaign's page."""
    taken_off = comments.unpublish_comment(runtime(), context.actor, context.campaign.id, number)
    return _redirect_to_comments(context, N_("The comment is off the campaign’s page."), moved=taken_off)


@blueprint.post("/desk/c/<slug>/comments/<int:number>/hide")
@requires(Permission.MODERATE)
def hide_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: hide a comment from public pages, with a reason."""
    reason = request.form.get("reason", "")
    try:
        hidden = comments.hide_comment(runtime(), context.actor, context.campaign.id, number, reason)
    except InvalidInputError as refused:
        return _comments_page(
            context, {f"reason-{number}": refused.sentence}, {f"reason-{number}": echoed_input(reason)}, number
        )
    return _redirect_to_comments(context, N_("The comment is hidden."), moved=hidden)


@blueprint.post("/desk/c/<slug>/comments/<int:number>/show")
@requires(Permission.MODERATE)
def unhide_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: show a hidden comment again."""
    shown = comments.unhide_comment(runtime(), context.actor, context.campaign.id, number)
    return _redirect_to_comments(context, N_("The comment can be shown again."), moved=shown)


def _redirect_to_comments(
    context: DeskContext, words: str, *, moved: bool, still: str = N_("Nothing was changed: somebody else was faster.")
) -> ResponseReturnValue:
    said = (words, "good") if moved else (still, "warn")
    return redirect_with_message(_comments_path(context, _which_from_query()), *said)


def _comments_page(
    context: DeskContext,
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    about: int | None = None,
) -> ResponseReturnValue:
    which, cursor, slow = _which_from_query(), read_cursor(request.args), False
    towards: PageDirection = cursor.direction if cursor else "older"
    # What was refused is shown on the page that begins with it.
    start = about + 1 if about is not None else cursor.id if cursor else None
    try:
        read = comments.list_comments(runtime(), context.campaign.id, which, towards, start)
    except StatementTimeoutError:
        read, slow = comments.CommentPage((), None, None), True
    newer = "" if read.newer is None else _comments_path(context, which, f"newer={read.newer}")
    older = "" if read.older is None else _comments_path(context, which, f"older={read.older}")
    return render_page(
        "comments.html",
        422 if errors else 200,
        read=read,
        slow=slow,
        which=which,
        lists=_LISTS,
        names_shown=context.campaign.appearance.supporters != "no",
        errors=errors or {},
        values=values or {},
        newer=newer,
        older=older,
        states=SIGNATURE_STATE_LABELS,
        place=place_name,
        longest=comments.MAX_REASON_CHARACTERS,
        when=lambda at: localised.short_time(at, context.campaign.zone),
        moderates=context.may(Permission.MODERATE),
    )


def _which_from_query() -> CommentFilter:
    wanted = request.args.get("which", "")
    return next((one for one in COMMENT_FILTERS if one == wanted), "all")


def _comments_path(context: DeskContext, which: CommentFilter, more: str = "") -> str:
    query = "&".join(part for part in ("" if which == "all" else f"which={which}", more) if part)
    return f"/desk/c/{context.campaign.slug}/comments{'?' if query else ''}{query}"
