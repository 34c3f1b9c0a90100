"""List of a campaign's signatures: filters, saved searches, and links to what can be done with what was found."""

from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import MAX_REMOVAL_REASON_LENGTH
from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.signatures.filters import ADDRESS_FILTERS, PERSONAL_FILTERS
from campaign.domain.signatures.signature import SignatureState
from campaign.services.signatures import search
from campaign.store.database.query_timeout import StatementTimeoutError
from campaign.store.signatures.signature_list import ListedSignature
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_input, read_cursor, write_cursor
from campaign.web.desk.requested_filters import RequestedFilters, filters_from_fields, filters_from_request
from campaign.web.desk.signature_labels import (
    REMOVAL_CHOICES,
    SIGNATURE_STATE_LABELS,
    filter_chips,
    place_name,
    signed_label,
)
from campaign.web.desk.template_context import redirect_with_message, render_page

_AUDITED_FILTERS = {*ADDRESS_FILTERS, *PERSONAL_FILTERS}
"""Filters whose use is noted in the audit trail."""

blueprint = DeskBlueprint("signatures")


@blueprint.get("/desk/c/<slug>/signatures")
@requires(Permission.READ_SIGNATURES)
def list_signatures(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's signatures, filtered and paged by the query."""
    wanted = filters_from_request(context)
    # One that was sent by POST was noted then.
    if (
        "f" not in dict(wanted.reference)
        and _AUDITED_FILTERS & set(wanted.filters.active)
        and read_cursor(request.args) is None
    ):
        search.record_search(runtime(), context.actor, context.campaign.id, wanted.filters)
    return _signature_list_page(context, wanted)


@blueprint.post("/desk/c/<slug>/signatures")
@requires(Permission.READ_SIGNATURES)
def search_signatures(context: DeskContext) -> ResponseReturnValue:
    """Form: search. Names and addresses that were typed are kept under a random key, out of addresses and logs."""
    wanted = filters_from_fields(context, request.form.to_dict(flat=False))
    if wanted.errors:
        return _signature_list_page(context, wanted)
    query = wanted.filters.to_query() if not wanted.filters.is_personal else [("f", _store_search(context, wanted))]
    # What was found, in sight at once on a phone too.
    return redirect(_list_path(context, query) + ("#found" if wanted.filters.active else ""), 303)


@blueprint.post("/desk/c/<slug>/signatures/saved")
@requires(Permission.READ_SIGNATURES)
def save_search(context: DeskContext) -> ResponseReturnValue:
    """Form: save the filters under a name."""
    wanted, name = filters_from_request(context), request.form.get("saved_name", "")
    if not wanted.errors:
        try:
            search.save_filters(runtime(), context.actor, context.campaign.id, name, wanted.filters)
        except InvalidInputError as refused:
            return _signature_list_page(context, wanted, {"saved_name": refused.sentence}, echoed_input(name))
        return redirect_with_message(_list_path(context, wanted.query_pairs), "The search is saved.")
    return _signature_list_page(context, wanted)


@blueprint.post("/desk/c/<slug>/signatures/saved/<int:number>/delete")
@requires(Permission.READ_SIGNATURES)
def delete_saved_search(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: delete a saved search."""
    deleted = search.delete_saved_filters(runtime(), context.actor, context.campaign.id, number)
    words = (N_("The saved search is deleted."), "good") if deleted else (N_("It was deleted before."), "warn")
    return redirect_with_message(_list_path(context, []), *words)


def _store_search(context: DeskContext, wanted: RequestedFilters) -> str:
    search.record_search(runtime(), context.actor, context.campaign.id, wanted.filters)
    return search.store_search(runtime(), context.session.id, context.campaigner.id, context.campaign.id, wanted.filters)


def _signature_list_page(
    context: DeskContext, wanted: RequestedFilters, errors: dict[str, str] | None = None, name: str = ""
) -> ResponseReturnValue:
    """The table, or what was wrong with what is looked for."""
    errors = {**wanted.errors, **(errors or {})}
    found, slow, size = None, False, _page_size()
    if not wanted.errors:
        try:
            found = search.search_signatures(
                runtime(), context.campaign, wanted.filters, read_cursor(request.args), size,
                with_addresses=context.may(Permission.READ_ADDRESSES),
            )  # fmt: skip
        except StatementTimeoutError:
            slow = True
    texts = search.signed_texts(runtime(), context.campaign.id)
    return render_page(
        "signatures.html",
        422 if errors else 200,
        wanted=wanted,
        errors=errors,
        found=found,
        slow=slow,
        size=size,
        sizes=[(one, _list_path(context, [*wanted.query_pairs, ("size", str(one))])) for one in search.PAGE_SIZES],
        saved=search.list_saved_filters(runtime(), context.campaigner.id, context.campaign.id),
        values={**wanted.field_values, "saved_name": name},
        chips=[
            (words, _path_without(context, wanted, names))
            for words, names in filter_chips(wanted.filters, context.campaign.zone, dict(texts))
        ],
        pages=_page_paths(context, wanted, found, size),
        states=SIGNATURE_STATE_LABELS,
        place=place_name,
        texts=texts,
        when=lambda row: signed_label(row.signed_at, row.source, context.campaign.zone),
        countries=localised.country_choices(),
        areas=POSTCODE_AREAS,
        addresses=context.may(Permission.READ_ADDRESSES),
        moderates=context.may(Permission.MODERATE),
        only=_only_found(context, wanted, found),
        removals=REMOVAL_CHOICES,
        longest=MAX_REMOVAL_REASON_LENGTH,
    )


def _only_found(context: DeskContext, wanted: RequestedFilters, found: search.SearchResult | None) -> ListedSignature | None:
    """The one signature that a search has found, where the campaigner can invalidate it: it is done on the page itself."""
    if found is None or not wanted.filters.active or not context.may(Permission.MODERATE):
        return None
    rows, page = found.page.rows, found.page
    is_only = len(rows) == 1 and page.newer is None and page.older is None
    return rows[0] if is_only and rows[0].state in (SignatureState.PENDING, SignatureState.VERIFIED) else None


def _page_size() -> int:
    asked = request.args.get("size", "")
    return next((size for size in search.PAGE_SIZES if asked == str(size)), search.PAGE_SIZE)


def _list_path(context: DeskContext, query: list[tuple[str, str]]) -> str:
    return f"/desk/c/{context.campaign.slug}/signatures{'?' if query else ''}{urlencode(query)}"


def _path_without(context: DeskContext, wanted: RequestedFilters, names: str) -> str:
    """Where the same is found without one of the filters."""
    if wanted.reference:
        return _list_path(context, [*wanted.reference, ("without", names)])
    return _list_path(context, wanted.filters.without(*names.split(",")).to_query())


def _page_paths(context: DeskContext, wanted: RequestedFilters, found: search.SearchResult | None, size: int) -> dict[str, Any]:
    """The addresses of the newest, the newer and the older page; "" where there is none."""
    base = [*wanted.query_pairs, *([("size", str(size))] if size != search.PAGE_SIZE else [])]
    cursors = {"newer": found.page.newer, "older": found.page.older} if found else {"newer": None, "older": None}
    pages = {name: _list_path(context, [*base, write_cursor(at)]) if at else "" for name, at in cursors.items()}
    return {**pages, "newest": _list_path(context, base) if cursors["newer"] else ""}
