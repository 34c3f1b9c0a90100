"""A campaign with one of everything that an address of the desk can name."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO

from PIL import Image
from sqlalchemy import text

from campaign import campaigning, signing
from campaign.domain.filters import Filters
from campaign.domain.flag import FlagKind
from campaign.domain.removal import Removal, Rule
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.domain.switch import Switch
from campaign.drawing.picture import Copy, read_picture
from campaign.runtime import Runtime
from campaign.store import batches, entrances, flags, intakes, invitations, passkeys, people, saved_filters, sheets
from campaign.store.flags import Seen
from campaign.store.intakes import IntakeState
from tests.factories import definition, submission
from tests.handed import done_export

Names = dict[str, object]
"""What stands in the rules of the desk's routes, by the word before it and its name there: "team/number"."""


def campaign_with_picture(runtime: Runtime, slug: str) -> Standing:
    """A campaign, open, with a picture."""
    return campaigning.create(runtime, definition(slug=slug, picture_alt="The pond"), _picture())


@cache
def _picture() -> Sequence[Copy]:
    drawn = BytesIO()
    Image.new("RGB", (480, 320), "#0b6e4f").save(drawn, "PNG")
    return read_picture(drawn.getvalue())


def everything(runtime: Runtime, campaign: Standing, campaigner_id: int) -> Names:
    """One of everything, in a campaign and with a campaigner; a stranger is nobody, 0."""
    return {
        "c/slug": campaign.slug,
        "campaigns/slug": campaign.slug,
        "picture/width": 480,
        "switches/name": Switch.SLOW_COUNT.value,
        "submission/profile": "house-of-commons",
        **_people(runtime, campaign),
        **_signatures(runtime, campaign),
        **_own(runtime, campaign, campaigner_id),
    }


def _people(runtime: Runtime, campaign: Standing) -> Names:
    now, key = runtime.now(), runtime.token()
    later = now + timedelta(days=1)
    with runtime.transaction() as connection:
        address = f"grace@{campaign.slug}.example"
        colleague = people.add(connection, address, address, "Grace Hopper", now)
        assert colleague is not None
        people.join(connection, campaign.id, colleague, Role.VIEWER, now)
        entrance = entrances.add(connection, key, colleague, now, later)
        invited = invitations.add(
            connection, key, campaign.id, Role.EDITOR, (f"new.{address}", f"new.{address}"), colleague, now, later
        )  # fmt: skip
    return {
        "enter/token": runtime.links.entrance_token(entrance, key),
        "invitation/token": runtime.links.invitation_token(invited, key),
        "invitations/number": invited,
        "team/number": colleague,
        "people/number": colleague,
    }


def _signatures(runtime: Runtime, campaign: Standing) -> Names:
    comment = submission(f"ada@{campaign.slug}.example", comment="It matters.")
    signing.sign(runtime, campaign.id, campaign.text.hash, comment)
    now = runtime.now()
    with runtime.transaction() as connection:
        batch = batches.create(
            connection, campaign.id, None, Rule(Filters(domain="elsewhere.example")), Removal.PROGRAM, "A burst", 0, 2**62, now
        )  # fmt: skip
        flags.put_up(connection, campaign.id, FlagKind.DOMAIN, Seen("elsewhere.example", 60, 80), {"share": 60}, now, now)
        own = {"campaign": campaign.id}
        signature = connection.execute(text("SELECT id FROM signatures WHERE campaign_id = :campaign"), own).scalar_one()
        flag = connection.execute(text("SELECT id FROM flags WHERE campaign_id = :campaign"), own).scalar_one()
        intake = intakes.create(
            connection, campaign.id, "file", IntakeState.TAKEN, now, made_by=None, label="list.csv", sha256=campaign.slug
        )  # fmt: skip
        run, _, _ = sheets.make(
            connection, campaign.id, 1, text_hash=campaign.text.hash, language="en", profile="council", rows=5, made_by=None,
            now=now,
        )  # fmt: skip
    return {
        "signatures/number": signature, "comments/number": signature, "batches/number": batch, "flags/number": flag,
        "intakes/number": intake, "sheets/run": run,
    }  # fmt: skip


def _own(runtime: Runtime, campaign: Standing, campaigner_id: int) -> Names:
    if not campaigner_id:
        return {"passkeys/number": 1, "saved/number": 1, "address/token": "nothing", "exports/number": 1}
    now = runtime.now()
    with runtime.transaction() as connection:
        passkey = passkeys.add(connection, campaigner_id, runtime.token(), b"key", 0, "Laptop", now)
        saved_filters.save(connection, campaigner_id, campaign.id, "Elsewhere", {"domain": "elsewhere.example"}, now)
        saved = saved_filters.of(connection, campaigner_id, campaign.id)[0].id
        itself = people.by_id(connection, campaigner_id)
    assert itself is not None
    later = (now + timedelta(days=1)).isoformat()
    address = runtime.sealer.seal(campaigner_id, f"newer-{itself.email} {later} {itself.email_key}")
    export = done_export(runtime, campaign.id, campaigner_id)
    return {"passkeys/number": passkey, "saved/number": saved, "address/token": address, "exports/number": export}
