"""Pages on which signatures are found and judged."""

from campaign import batching, moderation
from campaign.domain.actor import Actor
from campaign.domain.filters import Filters
from campaign.domain.flag import FlagKind
from campaign.domain.removal import Removal, Rule
from campaign.store import flags
from campaign.store.flags import Seen
from tests.gallery.office import Office


def signatures(office: Office) -> None:
    """The table, one signature, and comments."""
    pond = "/c/village-pond"
    office.add("signatures, none", "/c/lido/signatures")
    office.add("signatures", f"{pond}/signatures")
    office.add("signatures, as a viewer", f"{pond}/signatures", office.viewer)
    office.add("signatures, found", f"{pond}/signatures?states=verified&source=leaflet-3&domain=village-pond.example.org")
    office.add("signatures, none found", f"{pond}/signatures?source=nowhere")
    office.add("signatures, a search with mistakes", f"{pond}/signatures", status=422, since="yesterday", network="x")
    office.add("signatures, long words", "/c/long-words/signatures")
    ada, grace, alan = office.people[:3]
    office.add("signature", f"{pond}/signatures/{grace.id}")
    office.add("signature, as a viewer", f"{pond}/signatures/{grace.id}", office.viewer)
    office.add("signature, withdrawn", f"{pond}/signatures/{ada.id}")
    office.add("signature, invalidate without a reason", f"{pond}/signatures/{grace.id}/invalidate", status=422, reason="")
    mary = Actor("Mary Seacole", office.owner.id)
    moderation.invalidate(office.place.runtime, mary, alan.id, Removal.FALSE, "Not a name")
    office.add("signature, invalidated", f"{pond}/signatures/{alan.id}")
    office.add("signature, erase", f"{pond}/signatures/{grace.id}/erase")
    office.add("signature, erase without a reason", f"{pond}/signatures/{grace.id}/erase", status=422, reason="")
    office.add("comments", f"{pond}/comments")
    office.add("comments, none hidden", f"{pond}/comments?which=hidden")
    office.add("comments, hide without a reason", f"{pond}/comments/{grace.id}/hide", status=422, reason="")


def moderating(office: Office) -> None:
    """Flags and batches."""
    pond, runtime = "/c/village-pond", office.place.runtime
    office.add("flags, none", "/c/lido/flags")
    now = runtime.now().replace(minute=0, second=0, microsecond=0)
    with runtime.transaction() as connection:
        for kind, subject in ((FlagKind.DOMAIN, "village-pond.example.org"), (FlagKind.NAME, "mary")):
            flags.put_up(connection, office.pond.id, kind, Seen(subject, 60, 80), {"share": 60, "many": 20}, now, now)
    office.add("flags", f"{pond}/flags", office.moderator)
    office.add("flags, put away", f"{pond}/flags?dismissed=1")
    office.add("batches, none", "/c/lido/batches")
    rule = "source=leaflet-3&states=pending"
    office.add("batch, dry run", f"{pond}/batches/new?{rule}", office.moderator)
    office.add("batch, without a reason", f"{pond}/batches?{rule}", status=422, reason="", expected="1")
    office.add("batch, nobody meant", f"{pond}/batches/new?source=nowhere", status=422)
    mary = Actor("Mary Seacole", office.owner.id)
    first, second = (
        batching.start(
            runtime, mary, office.pond, Rule(Filters(source="leaflet-9")), Removal.PROGRAM, "A burst from one place", n
        )
        for n in (1_000, 12)
    )
    office.place.change("UPDATE batches SET state = 'done', moved = 12 WHERE id = :id", id=second)
    office.add("batch, running", f"{pond}/batches/{first}")
    office.add("batch, done", f"{pond}/batches/{second}")
    office.add("batches", f"{pond}/batches")
