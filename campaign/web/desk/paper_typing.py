"""Typing in what was signed on paper, line by line, by keyboard alone: Enter adds, and the next name can be typed."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.likeness import WORDS
from campaign.domain.paper import Entry, WrongRow, read_row
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.wording import country_names
from campaign.intake import lines
from campaign.intake.checking import rules_of
from campaign.intake.lines import Likely, LineWrong, Typed, read_line, read_sheet
from campaign.runtime import Runtime
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.typed import shown_again

_FIELDS = ("sheet", "line", "name", "postcode", "country", "date", "email", "comment")
_TICKS = ("updates", "public")


def paper_typing_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/paper/type`."""
    room = gate.room("paper_typing")

    @room.at("/c/<slug>/paper/type", Act.TAKE_IN, "GET")
    def typing(visit: Visit) -> ResponseReturnValue:
        values = {"sheet": request.args.get("sheet", "")[:20], "date": request.args.get("date", "")[:20]}
        try:
            stands = lines.stands(runtime, visit.actor, visit.campaign, read_sheet(values["sheet"]))
        except LineWrong as wrong:
            return page(visit, None, values, {wrong.field: str(wrong)})
        return page(visit, stands, values, {})

    @room.at("/c/<slug>/paper/type", Act.TAKE_IN, "POST")
    def add(visit: Visit) -> ResponseReturnValue:
        values = {name: request.form.get(name, "") for name in _FIELDS} | {
            name: "yes" if request.form.get(name) else "" for name in _TICKS
        }
        stands: Typed | None = None
        try:
            sheet = read_sheet(values["sheet"])
            stands = lines.stands(runtime, visit.actor, visit.campaign, sheet)
            if values["sheet"] != request.form.get("was", values["sheet"]):
                values["line"] = ""  # it was that of another sheet
            entry, errors = _entry(visit, values, read_line(values["line"], stands.next_line), runtime)
            if entry is None:
                return page(visit, stands, values, errors)
            lines.type_in(runtime, visit.actor, visit.campaign, sheet, entry, likely=bool(request.form.get("likely")))
        except Likely as likely:
            return page(visit, stands, values, {}, warning=WORDS[likely.why])
        except LineWrong as wrong:
            return page(visit, stands, values, {wrong.field: str(wrong)})
        except Refused as refused:
            return done(runtime.links, f"/desk/c/{visit.campaign.slug}/paper", str(refused), "warn")
        return redirect(_address(visit, values), 303)

    @room.at("/c/<slug>/paper/type/undo", Act.TAKE_IN, "POST")
    def undo(visit: Visit) -> ResponseReturnValue:
        values = {name: request.form.get(name, "") for name in ("sheet", "date", "intake", "line")}
        numbers = [int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0 for text in
                   (values["intake"], values["line"])]  # fmt: skip
        undone = lines.take_back(runtime, visit.actor, visit.campaign, *numbers)
        words = (f"Line {numbers[1]} is taken back.", "good") if undone else ("That line is not there any more.", "warn")
        return done(runtime.links, _address(visit, values), *words)

    def page(
        visit: Visit, stands: Typed | None, values: dict[str, str], errors: dict[str, str], warning: str = ""
    ) -> ResponseReturnValue:  # fmt: skip
        shown = {name: shown_again(value) for name, value in values.items()}
        shown.setdefault("country", "GB")
        # Whoever corrects something stays on the line; otherwise the next one waits.
        if stands is not None and not shown.get("line"):
            shown["line"] = str(stands.next_line)
        full = stands is not None and stands.sheet is not None and stands.next_line > stands.sheet.rows
        return show(
            "paper_type.html", 422 if errors or warning else 200, stands=stands, values=shown, errors=errors, warning=warning,
            countries=sorted(country_names("en").items(), key=lambda one: (one[0] != "GB", one[1])), full=full,
            asked=visit.campaign.asked,
        )  # fmt: skip

    return room


def _entry(
    visit: Visit, values: dict[str, str], line: int, runtime: Runtime
) -> tuple[Entry | None, dict[str, str]]:  # fmt: skip
    """What was typed as an entry; None where something in it is wrong."""
    row: dict[str, object] = {**values, "postcode": "", "address": values["postcode"]}
    # A postcode may be typed alone, or with the address it stands at the end of.
    entry, _ = read_row(line, row, rules_of(visit.campaign, runtime.now()))
    if isinstance(entry, WrongRow) and "postcode" in entry.errors:
        entry, _ = read_row(line, {**values}, rules_of(visit.campaign, runtime.now()))
    if isinstance(entry, WrongRow):
        return None, dict(entry.errors)
    if values["email"].strip() and not values["updates"]:
        return replace(entry, email="", updates=False), {}
    if values["updates"] and not entry.email:
        return None, {"email": "Write an email address like name@example.org, or take the tick away."}
    return entry, {}


def _address(visit: Visit, values: dict[str, str]) -> str:
    """Where the next line is typed: the same sheet, and the same date."""
    kept = {name: values[name] for name in ("sheet", "date") if values.get(name)}
    return f"/desk/c/{visit.campaign.slug}/paper/type{'?' + urlencode(kept) if kept else ''}"
