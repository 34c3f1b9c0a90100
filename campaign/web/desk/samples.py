"""Samples at the desk: drawing one by a recipient's words, and noting what checking it has found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.submissions.sample import MAX_SAMPLE_SIZE, read_results, read_sample_size, read_seed
from campaign.services import exports
from campaign.services.exports import samples
from campaign.services.submissions.sample_texts import SampleText, sample_text
from campaign.store.submissions.samples import Sample
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import redirect_with_message, render_page

_DEFAULT_SIZE = "500"
_RESULT_FIELDS = ("valid", "invalid", "unreachable")

blueprint = DeskBlueprint("samples")


@dataclass(frozen=True, slots=True)
class _SampleView:
    """A sample with the shares that its results give."""

    sample: Sample
    text: SampleText | None
    """What the papers say of it; None while no results are noted."""
    values: Mapping[str, object]


@blueprint.get("/desk/c/<slug>/samples")
@requires(Permission.EDIT)
def list_samples(context: DeskContext) -> ResponseReturnValue:
    """Page of the samples of a campaign, and the form to draw one."""
    return _samples_page(context, {"size": _DEFAULT_SIZE}, {})


@blueprint.post("/desk/c/<slug>/samples")
@requires(Permission.EXPORT)
def draw_sample(context: DeskContext) -> ResponseReturnValue:
    """Form: draw a sample and have its file made."""
    errors: dict[str, str] = {}
    seed, size = "", 0
    try:
        seed = read_seed(request.form.get("seed", ""))
    except InvalidInputError as refused:
        errors["seed"] = refused.sentence
    try:
        size = read_sample_size(request.form.get("size", ""))
    except InvalidInputError as refused:
        errors["size"] = refused.sentence
    if not errors:
        try:
            exports.request_sample(
                runtime(), context.actor, context.campaign, context.campaigner.id, seed, size
            )  # fmt: skip
        except InvalidInputError as refused:
            errors["seed"] = refused.sentence
    if errors:
        return _samples_page(context, echoed_fields("seed", "size"), errors)
    return redirect_with_message(
        f"/desk/c/{context.campaign.slug}/exports",
        "The sample is drawn. Its file is being made; it is for the recipient alone.",
    )


@blueprint.post("/desk/c/<slug>/samples/<int:number>")
@requires(Permission.EDIT)
def note_results(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: note what checking a sample has found."""
    sample = samples.get_sample(runtime(), context.campaign, number) or abort(404)
    typed = echoed_fields(*_RESULT_FIELDS)
    try:
        valid, invalid, unreachable = (request.form.get(name, "") for name in _RESULT_FIELDS)
        results = read_results(valid, invalid, unreachable, sample.drawn)
    except InvalidInputError as refused:
        return _samples_page(context, {"size": _DEFAULT_SIZE}, {f"valid-{number}": refused.sentence}, {number: typed})
    samples.note_results(runtime(), context.actor, sample, results)
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/samples", "Noted. It stands in the next papers.")


def _samples_page(
    context: DeskContext,
    values: dict[str, str],
    errors: dict[str, str],
    typed_results: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> ResponseReturnValue:
    """`typed_results`: results that were refused, by the number of their sample; what is wrong stands at its first field."""
    zone = context.campaign.zone
    found = samples.list_samples(runtime(), context.campaign)[::-1]
    return render_page(
        "samples.html", 422 if errors else 200,
        samples=[_view(sample, zone, typed_results.get(sample.id)) for sample in found],
        values=values, errors=errors, most=MAX_SAMPLE_SIZE, may_draw=context.may(Permission.EXPORT),
        when=lambda at: localised.short_time(at, zone),
    )  # fmt: skip


def _view(sample: Sample, zone: ZoneInfo, typed: Mapping[str, str] | None) -> _SampleView:
    noted = {} if sample.results is None else asdict(sample.results)
    return _SampleView(sample, sample_text(sample, zone), noted if typed is None else typed)
