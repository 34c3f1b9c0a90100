"""The table of a campaign's signatures: looking for some of them, and doing something with what was found."""

from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign import searching
from campaign.domain.areas import AREAS
from campaign.domain.countries import COUNTRIES
from campaign.domain.filters import OF_ADDRESSES, PERSONAL
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.store.bounded import TooSlow
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.pages import read_cursor, write_cursor
from campaign.web.desk.signature_words import STATES, chips, place, seconds
from campaign.web.desk.sought import Sought, read_sought, sought
from campaign.web.desk.typed import shown_again

_NOTED = {*OF_ADDRESSES, *PERSONAL}
"""Filters whose use is noted in the audit trail."""


def signatures_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/signatures`, and the searches saved there."""
    room = gate.room("signatures")

    @room.at("/c/<slug>/signatures", Act.READ_SIGNATURES, "GET")
    def table(visit: Visit) -> ResponseReturnValue:
        wanted = sought(runtime, visit)
        # One that was sent by POST was noted then.
        if "f" not in dict(wanted.named) and _NOTED & set(wanted.filters.used) and read_cursor(request.args) is None:
            searching.note_search(runtime, visit.actor, visit.campaign.id, wanted.filters)
        return page(visit, wanted)

    @room.at("/c/<slug>/signatures", Act.READ_SIGNATURES, "POST")
    def search(visit: Visit) -> ResponseReturnValue:
        wanted = read_sought(visit, request.form.to_dict(flat=False))
        if wanted.errors:
            return page(visit, wanted)
        query = wanted.filters.to_query() if not wanted.filters.personal else [("f", _kept(visit, wanted))]
        return redirect(_address(visit, query), 303)

    @room.at("/c/<slug>/signatures/saved", Act.READ_SIGNATURES, "POST")
    def save(visit: Visit) -> ResponseReturnValue:
        wanted, name = sought(runtime, visit), request.form.get("saved_name", "")
        if not wanted.errors:
            try:
                searching.save(runtime, visit.actor, visit.campaign.id, name, wanted.filters)
            except Refused as refused:
                return page(visit, wanted, {"saved_name": str(refused)}, shown_again(name))
            return done(runtime.links, _address(visit, wanted.query), "The search is saved.")
        return page(visit, wanted)

    @room.at("/c/<slug>/signatures/saved/<int:number>/delete", Act.READ_SIGNATURES, "POST")
    def delete(visit: Visit, number: int) -> ResponseReturnValue:
        deleted = number < 2**63 and searching.forget(runtime, visit.actor, visit.campaign.id, number)
        words = ("The saved search is deleted.", "good") if deleted else ("It was deleted before.", "warn")
        return done(runtime.links, _address(visit, []), *words)

    def _kept(visit: Visit, wanted: Sought) -> str:
        searching.note_search(runtime, visit.actor, visit.campaign.id, wanted.filters)
        return searching.keep(runtime, visit.session.id, visit.campaigner.id, visit.campaign.id, wanted.filters)

    def page(visit: Visit, wanted: Sought, errors: dict[str, str] | None = None, name: str = "") -> ResponseReturnValue:
        """The table, or what was wrong with what is looked for."""
        errors = {**wanted.errors, **(errors or {})}
        found, slow, size = None, False, _size()
        if not wanted.errors:
            try:
                found = searching.look(
                    runtime, visit.campaign, wanted.filters, read_cursor(request.args), size,
                    addresses=visit.may(Act.READ_ADDRESSES),
                )  # fmt: skip
            except TooSlow:
                slow = True
        texts = searching.texts(runtime, visit.campaign.id)
        return show(
            "signatures.html", 422 if errors else 200, wanted=wanted, errors=errors, found=found, slow=slow, size=size,
            sizes=[(one, _address(visit, [*wanted.query, ("size", str(one))])) for one in searching.SIZES],
            saved=searching.saved(runtime, visit.campaigner.id, visit.campaign.id), values={**wanted.typed, "saved_name": name},
            chips=[(words, _without(visit, wanted, names)) for words, names in chips(
                wanted.filters, visit.campaign.zone, dict(texts))],
            pages=_pages(visit, wanted, found, size), states=STATES, place=place, texts=texts,
            when=lambda at: seconds(at, visit.campaign.zone), countries=sorted(COUNTRIES.items(), key=lambda one: one[1]),
            areas=AREAS, addresses=visit.may(Act.READ_ADDRESSES), moderates=visit.may(Act.MODERATE),
        )  # fmt: skip

    return room


def _size() -> int:
    asked = request.args.get("size", "")
    return next((size for size in searching.SIZES if asked == str(size)), searching.SIZE)


def _address(visit: Visit, query: list[tuple[str, str]]) -> str:
    return f"/desk/c/{visit.campaign.slug}/signatures{'?' if query else ''}{urlencode(query)}"


def _without(visit: Visit, wanted: Sought, names: str) -> str:
    """Where the same is found without one of the filters."""
    if wanted.named:
        return _address(visit, [*wanted.named, ("without", names)])
    return _address(visit, wanted.filters.without(*names.split(",")).to_query())


def _pages(visit: Visit, wanted: Sought, found: searching.Found | None, size: int) -> dict[str, Any]:
    """The addresses of the newest, the newer and the older page; "" where there is none."""
    base = [*wanted.query, *([("size", str(size))] if size != searching.SIZE else [])]
    cursors = {"newer": found.page.newer, "older": found.page.older} if found else {"newer": None, "older": None}
    pages = {name: _address(visit, [*base, write_cursor(at)]) if at else "" for name, at in cursors.items()}
    return {**pages, "newest": _address(visit, base) if cursors["newer"] else ""}
