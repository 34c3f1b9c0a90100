"""Pages on which handing in is prepared."""

from campaign.domain.submissions.sample import SampleResults
from campaign.store.submissions import samples
from tests.page_states.desk_scenario import DeskScenario


def add_submissions(desk: DeskScenario) -> None:
    """Whom a campaign can be handed to, and what each wants."""
    desk.add("hand it in", "/c/village-pond/submission")
    for key in ("house-of-commons", "council", "bundestag", "uk-e-petition"):
        desk.add(f"hand it in, {key}", f"/c/village-pond/submission/{key}")
    desk.add("hand it in, long words", "/c/long-words/submission/minister")
    desk.add("hand it in, with mistakes", "/c/village-pond/submission/house-of-commons", status=422, member="x" * 200)
    desk.add("hand it in, overtaken", "/c/village-pond/submission/council", status=409, revision="7", threshold="20")
    desk.add("samples, none", "/c/lido/samples")
    runtime = desk.site.runtime
    with runtime.transaction() as connection:
        for size in (3, 500):
            sample = samples.create(
                connection, desk.pond.id, seed="Chosen by the clerk on Monday", size=size, drawn=size, population=9_000,
                sequence=9_100, now=runtime.now(),
            )  # fmt: skip
        samples.note_results(connection, sample, SampleResults(480, 12, 8), runtime.now())
    desk.add("samples", "/c/village-pond/samples")
    desk.add("samples, with mistakes", "/c/village-pond/samples", status=422, seed="short", size="many")
    desk.add("samples, wrong results", f"/c/village-pond/samples/{sample}", status=422, valid="1", invalid="x")
