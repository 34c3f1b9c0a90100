"""Pages on which handing in is prepared."""

from tests.page_states.desk_scenario import DeskScenario


def add_submissions(desk: DeskScenario) -> None:
    """Whom a campaign can be handed to, and what each wants."""
    desk.add("hand it in", "/c/village-pond/submission")
    for key in ("house-of-commons", "council", "uk-e-petition"):
        desk.add(f"hand it in, {key}", f"/c/village-pond/submission/{key}")
    desk.add("hand it in, long words", "/c/long-words/submission/minister")
    desk.add("hand it in, with mistakes", "/c/village-pond/submission/house-of-commons", status=422, member="x" * 200)
    desk.add("hand it in, overtaken", "/c/village-pond/submission/council", status=409, revision="7", threshold="20")
