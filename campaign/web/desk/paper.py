"""Signatures on paper: sheets to print, and all that was brought in."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.sheet import FEWEST_ROWS, MOST_ROWS, MOST_SHEETS, PROFILES, USUAL_ROWS, read_amount, usual_profile
from campaign.domain.standing import Standing
from campaign.domain.wording import language_names
from campaign.drawing.sheet import draw_sheets
from campaign.intake import printing, undoing
from campaign.runtime import Runtime
from campaign.store.intakes import IntakeState
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.sheet_words import paper_of, sheet_address
from campaign.web.desk.signature_words import when
from campaign.web.desk.typed import shown_again

INTAKE_STATES = {
    IntakeState.HELD: ("waiting for your word", "warn"), IntakeState.TAKEN: ("taken in", "good"),
    IntakeState.UNDOING: ("being undone", "warn"), IntakeState.UNDONE: ("undone", "plain"),
}  # fmt: skip


def paper_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/paper` and its sheets. Lists are `paper_intakes`, typing in is `paper_typing`."""
    room = gate.room("paper")

    @room.at("/c/<slug>/paper", Act.TAKE_IN, "GET")
    def paper(visit: Visit) -> ResponseReturnValue:
        return paper_page(runtime, visit, {}, {})

    @room.at("/c/<slug>/paper/sheets", Act.TAKE_IN, "POST")
    def print_sheets(visit: Visit) -> ResponseReturnValue:
        values, errors = typed("amount", "rows", "profile", "language"), {}
        amounts = {}
        for name, least, most in (("amount", 1, MOST_SHEETS), ("rows", FEWEST_ROWS, MOST_ROWS)):
            try:
                amounts[name] = read_amount(request.form.get(name, ""), least, most)
            except Refused as refused:
                errors[name] = str(refused)
        profile = values["profile"]
        if profile not in PROFILES:
            errors["profile"] = "Choose what kind of sheet it is to be."
        version = visit.campaign.version(values["language"])
        if not errors:
            try:
                # Whether the text leaves room for so many rows is known once it is set.
                trial = paper_of(visit.campaign, version.text, version.language, profile, amounts["rows"], runtime)
                draw_sheets(trial, [(1, sheet_address(runtime.links, visit.campaign, 1))])
                run = printing.make(
                    runtime, visit.actor, visit.campaign, amounts["amount"], amounts["rows"], profile, version.language
                )
            except Refused as refused:
                errors["rows"] = str(refused)
        if errors:
            return paper_page(runtime, visit, values, errors)
        ready = "One sheet is" if amounts["amount"] == 1 else f"{amounts['amount']} sheets are"
        return done(runtime.links, f"{path(visit)}#run-{run}", f"{ready} ready to be printed.")

    @room.at("/c/<slug>/paper/sheets/<int:run>.pdf", Act.TAKE_IN, "GET")
    def sheets(visit: Visit, run: int) -> ResponseReturnValue:
        printed = (printing.find(runtime, visit.campaign, run) if run < 2**31 else None) or abort(404)
        first = printed.sheets[0]
        asked = paper_of(visit.campaign, printed.text, first.language, first.profile, first.rows, runtime)
        body = draw_sheets(
            asked, [(one.number, sheet_address(runtime.links, visit.campaign, one.number)) for one in printed.sheets]
        )
        answer = Response(body, mimetype="application/pdf")
        answer.headers["Content-Disposition"] = f'attachment; filename="{visit.campaign.slug}-sheets-{run}.pdf"'
        return answer

    return room


def paper_page(runtime: Runtime, visit: Visit, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """Everything about paper, with what was wrong with what was typed."""
    standing = visit.campaign
    shown = {
        "amount": "10", "rows": str(USUAL_ROWS), "profile": usual_profile(standing.recipient_kind),
        "language": standing.language, **values,
    }  # fmt: skip
    return show(
        "paper.html", 422 if errors else 200, values=shown, errors=errors, runs=printing.runs(runtime, standing),
        intakes=undoing.page(runtime, standing), states=INTAKE_STATES, profiles=PROFILES, closed=_closed(standing),
        kinds=[(one.key, one.name, one.hint) for one in PROFILES.values()], most_rows=MOST_ROWS, most_sheets=MOST_SHEETS,
        languages=[(one.language, language_names().get(one.language, one.language)) for one in standing.versions],
        when=lambda at: when(at, standing.zone), text_hash=standing.text.hash,
    )  # fmt: skip


def path(visit: Visit) -> str:
    """Where the room is."""
    return f"/desk/c/{visit.campaign.slug}/paper"


def _closed(standing: Standing) -> str:
    """Why no paper is taken in; "" where it is."""
    if not standing.published:
        return "The campaign is a draft. Sheets can be printed and paper brought in once it is published."
    if standing.taken_down:
        return "The campaign is taken down. Paper is brought in once it is put back."
    if standing.window.finalised_at is not None:
        return "The total is final and certified: no paper can be brought in any more."
    return ""


def typed(*names: str) -> dict[str, str]:
    """What was typed into some fields, as much as is shown again."""
    return {name: shown_again(request.form.get(name, "")) for name in names}
