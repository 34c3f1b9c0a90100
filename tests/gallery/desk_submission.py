"""Pages on which handing in is prepared."""

from tests.gallery.office import Office


def submission(office: Office) -> None:
    """Whom a campaign can be handed to, and what each wants."""
    office.add("hand it in", "/c/village-pond/submission")
    for key in ("house-of-commons", "council", "uk-e-petition"):
        office.add(f"hand it in, {key}", f"/c/village-pond/submission/{key}")
    office.add("hand it in, long words", "/c/long-words/submission/minister")
    office.add("hand it in, with mistakes", "/c/village-pond/submission/house-of-commons", status=422, member="x" * 200)
    office.add("hand it in, overtaken", "/c/village-pond/submission/council", status=409, revision="7", threshold="20")
