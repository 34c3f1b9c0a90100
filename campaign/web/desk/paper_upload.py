"""Upload of a list of signatures on paper: taken by the web, read by a worker, with a page that says how far it is."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.paper_text import PaperText, read_first_day, read_text_choice
from campaign.services.paper import list_uploads, validate
from campaign.services.paper.list_uploads import UploadForm
from campaign.store.paper.uploads import Upload, UploadState
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.paper import (
    COLUMN_LABELS,
    MAX_COLUMN_NAME_CHARACTERS,
    UPLOAD_STATE_LABELS,
    column_input,
    paper_page,
    paper_path,
)
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import redirect_with_message, render_page

MAX_FILE_BYTES = 5_000_000
"""Octets. A longer list is for the command line, which shows how it goes on."""
REFRESH_SECONDS = 2
_FORM_OVERHEAD_BYTES = 50_000

blueprint = DeskBlueprint("paper_upload")


@blueprint.post("/desk/c/<slug>/paper/file")
@requires(Permission.ADD_PAPER, max_bytes=MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES)
def upload_list(context: DeskContext) -> ResponseReturnValue:
    """Form: upload a list of signatures on paper; nothing is counted until it is confirmed."""
    values = echoed_fields("text", "since", "sheet", *(column_input(name) for name in COLUMN_LABELS))
    try:
        columns = {name: called for name in COLUMN_LABELS if (called := _typed(column_input(name)))}
        form = UploadForm(values, columns, _typed("sheet"), _read_paper_text(context))
        label, body = _sent_file()
        number = list_uploads.store_upload(runtime(), context.actor, context.campaign, label, body, form)
    except InvalidFieldsError as wrong:
        return paper_page(context, values, dict(wrong.errors))
    except InvalidInputError as refused:
        return paper_page(context, values, {"file": refused.sentence})
    return redirect_with_message(
        f"{paper_path(context)}/uploads/{number}", "The list is here. Nothing is taken in yet.", "warn"
    )


@blueprint.get("/desk/c/<slug>/paper/uploads/<int:number>")
@requires(Permission.ADD_PAPER)
def show_upload(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of an uploaded list: how far it is read; then what it would be, or why it cannot be read."""
    found = _upload_or_404(context, number)
    if found.state is UploadState.READ:
        return redirect_with_message(
            f"{paper_path(context)}/intakes/{found.intake_id}", "Nothing is taken in yet: see what it would be.", "warn"
        )
    if found.state is UploadState.REFUSED:
        errors: dict[str, str] = {"file": list_uploads.refusal(runtime(), found)}
        return paper_page(context, list_uploads.typed_values(runtime(), found), errors, refused_upload=found)
    answer = render_page(
        "upload.html",
        upload=found,
        state=UPLOAD_STATE_LABELS[found.state],
        has_reader=list_uploads.has_living_reader(runtime()),
    )
    answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@blueprint.post("/desk/c/<slug>/paper/uploads/<int:number>/drop")
@requires(Permission.ADD_PAPER)
def discard_upload(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: throw away an uploaded list, also while it is read."""
    dropped = list_uploads.discard_upload(runtime(), context.campaign, number)
    words = (N_("The list is thrown away."), "good") if dropped else (N_("It was not waiting any more."), "warn")
    return redirect_with_message(paper_path(context), *words)


def _sent_file() -> tuple[str, bytes]:
    """Name and octets of the file that was sent. Raises InvalidInputError."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInputError("Choose a file.")
    body = sent.stream.read(MAX_FILE_BYTES + 1)
    if len(body) > MAX_FILE_BYTES:
        raise InvalidInputError("The file is larger than 5 MB. Split it, or bring it in by the command line.")
    return sent.filename, body


def _read_paper_text(context: DeskContext) -> PaperText:
    """What was said of the text on the paper. Raises InvalidFieldsError."""
    errors: dict[str, str] = {}
    version, since = None, None
    try:
        version = read_text_choice(request.form.get("text", ""), validate.list_text_choices(runtime(), context.campaign))
    except InvalidInputError as refused:
        errors["text"] = refused.sentence
    rules = validate.row_rules(context.campaign, runtime().now())
    try:
        since = read_first_day(request.form.get("since", ""), rules.today, rules.last_day)
    except InvalidInputError as refused:
        errors["since"] = refused.sentence
    if errors:
        raise InvalidFieldsError(errors)
    return PaperText(version, since)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:MAX_COLUMN_NAME_CHARACTERS]


def _upload_or_404(context: DeskContext, number: int) -> Upload:
    return list_uploads.get_upload(runtime(), context.campaign, number) or abort(404)
