"""A campaign with one of everything that an address of the desk can name."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO

from PIL import Image
from sqlalchemy import text

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.image import PictureCopy
from campaign.domain.moderation.flag import FlagKind, Observation, whole_seconds
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.moderation.standing_rule import RuleAction, RuleCriteria
from campaign.domain.signatures.filters import Filters
from campaign.domain.site.alarm import AlarmKind
from campaign.domain.site.switch import Switch
from campaign.domain.updates.update import UpdateKind, UpdateText
from campaign.rendering.picture_import import import_picture
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.signatures import sign
from campaign.store.accounts import campaigners, invitations, login_links, organisation_teams, passkeys, team
from campaign.store.moderation import batches, flags, standing_rules
from campaign.store.paper import intakes, sheets, uploads
from campaign.store.paper.intakes import IntakeState
from campaign.store.privacy import complaints
from campaign.store.signatures import saved_filters
from campaign.store.site import alarms
from campaign.store.submissions import samples
from campaign.store.updates import updates
from tests.support.factories import definition, sign_form_data
from tests.support.finished_exports import finished_export

RouteValues = dict[str, object]
"""What stands in the rules of the desk's routes, by the word before it and its name there: "team/number"."""


def new_campaign_with_picture(runtime: Runtime, slug: str) -> Campaign:
    """A campaign, open, with a picture."""
    return create_and_find.create_campaign(runtime, definition(slug=slug, picture_alt="The pond"), _picture())


@cache
def _picture() -> Sequence[PictureCopy]:
    drawn = BytesIO()
    Image.new("RGB", (480, 320), "#0b6e4f").save(drawn, "PNG")
    return import_picture(drawn.getvalue())


def sample_route_values(runtime: Runtime, campaign: Campaign, campaigner_id: int) -> RouteValues:
    """One of everything, in a campaign and with a campaigner; a stranger is nobody, 0."""
    return {
        "c/slug": campaign.slug,
        "campaigns/slug": campaign.slug,
        "picture/width": 480,
        "image/name": "0123456789abcdef-480.webp",
        "gallery/digest": "0123456789abcdef",
        "switches/name": Switch.SLOW_COUNT.value,
        "submission/profile": "house-of-commons",
        **_team_values(runtime, campaign, campaigner_id),
        **_signature_values(runtime, campaign),
        **_account_values(runtime, campaign, campaigner_id),
    }


def _team_values(runtime: Runtime, campaign: Campaign, campaigner_id: int) -> RouteValues:
    now, key = runtime.now(), runtime.random_token()
    later = now + timedelta(days=1)
    with runtime.transaction() as connection:
        address = f"grace@{campaign.slug}.example"
        colleague = campaigners.add_campaigner(connection, address, address, "Grace Hopper", now)
        assert colleague is not None
        team.add_member(connection, campaign.id, colleague, Role.VIEWER, now)
        entrance = login_links.add_login_link(connection, key, colleague, now, later)
        invited = invitations.add_invitation(
            connection, key, campaign.id, Role.EDITOR, (f"new.{address}", f"new.{address}"), colleague, now, later
        )  # fmt: skip
        upload = uploads.add_upload(connection, campaign.id, colleague, "list.csv", b"", "", "", 9, now)
        site_invited = invitations.add_invitation(
            connection, runtime.random_token(), None, None, (f"site.{address}", f"site.{address}"), colleague, now, later
        )  # fmt: skip
        # A team of the organisation, in which one has the role that one has in the campaign.
        held_by = organisation_teams.create_team(connection, "North", now)
        organisation_teams.add_member(connection, held_by, colleague, Role.VIEWER, now)
        if role := team.get_role(connection, campaign.id, campaigner_id):
            organisation_teams.add_member(connection, held_by, campaigner_id, role, now)
        team_invited = invitations.add_invitation(
            connection, runtime.random_token(), None, Role.EDITOR, (f"north.{address}", f"north.{address}"), colleague, now,
            later, team_id=held_by,
        )  # fmt: skip
    return {
        "teams/held_by": held_by,
        "held-by/number": held_by,
        "members/number": colleague,
        "invitations/team_invitation": team_invited,
        "invitations/site_invitation": site_invited,
        "enter/token": runtime.tokens.login_token(entrance, key),
        "invitation/token": runtime.tokens.invitation_token(invited, key),
        "invitations/number": invited,
        "uploads/number": upload,
        "team/number": colleague,
        "people/number": colleague,
    }


def _signature_values(runtime: Runtime, campaign: Campaign) -> RouteValues:
    comment = sign_form_data(f"ada@{campaign.slug}.example", comment="It matters.")
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, comment)
    now = runtime.now()
    with runtime.transaction() as connection:
        batch = batches.create(
            connection,
            campaign.id,
            None,
            SignatureSelection(Filters(domain="elsewhere.example")),
            RemovalKind.PROGRAM,
            "A burst",
            0,
            2**62,
            now,
        )
        update = updates.add_draft(
            connection, campaign.id, None, UpdateText(UpdateKind.NEWS, "A heron", "It came."), wants_mail=True, now=now
        )
        alarms.raise_alarm(connection, AlarmKind.FLOOD, now, campaign_id=campaign.id)
        burst = Observation("elsewhere.example", 60, 80, period=whole_seconds(now - timedelta(minutes=9), now))
        flags.raise_flag(connection, campaign.id, FlagKind.DOMAIN, burst, {"share": 60}, now)
        own = {"campaign": campaign.id}
        signature = connection.execute(text("SELECT id FROM signatures WHERE campaign_id = :campaign"), own).scalar_one()
        alarm = connection.execute(text("SELECT id FROM alarms WHERE campaign_id = :campaign"), own).scalar_one()
        flag = connection.execute(text("SELECT id FROM flags WHERE campaign_id = :campaign"), own).scalar_one()
        intake = intakes.create_intake(
            connection, campaign.id, "file", IntakeState.IMPORTED, now, created_by=None, label="list.csv", sha256=campaign.slug
        )  # fmt: skip
        run, _, _ = sheets.create_sheets(
            connection, campaign.id, 1, text_hash=campaign.text.hash, language="en", profile="council", rows=5, created_by=None,
            now=now,
        )  # fmt: skip
        complaint = complaints.add_complaint(connection, campaign.id, "Ada", "ada@example.org", "Not me.", "en", now)
        block = RuleAction.BLOCK, RuleCriteria(domain="never.example"), "", "", "A burst", None, now
        rule, site_rule = (standing_rules.create_rule(connection, scope, *block) for scope in (campaign.id, None))
        sample = samples.create(
            connection, campaign.id, seed="chosen by a clerk", size=3, drawn=3, population=9, sequence=9, now=now
        )
    return {
        "complaints/number": complaint,
        "samples/number": sample,
        "signatures/number": signature, "comments/number": signature, "batches/number": batch, "flags/number": flag,
        "alarms/number": alarm, "updates/number": update,
        "rules/number": rule, "rules/site_rule": site_rule,
        "intakes/number": intake, "sheets/run": run,
    }  # fmt: skip


def _account_values(runtime: Runtime, campaign: Campaign, campaigner_id: int) -> RouteValues:
    if not campaigner_id:
        return {"passkeys/number": 1, "saved/number": 1, "address/token": "nothing", "exports/number": 1}
    now = runtime.now()
    with runtime.transaction() as connection:
        passkey = passkeys.add_passkey(connection, campaigner_id, runtime.random_token(), b"key", 0, "Laptop", now)
        saved_filters.save_filter(connection, campaigner_id, campaign.id, "Elsewhere", {"domain": "elsewhere.example"}, now)
        saved = saved_filters.list_saved_filters(connection, campaigner_id, campaign.id)[0].id
        itself = campaigners.get_by_id(connection, campaigner_id)
    assert itself is not None
    later = (now + timedelta(days=1)).isoformat()
    address = runtime.text_cipher.encrypt(campaigner_id, f"newer-{itself.email} {later} {itself.email_key}")
    export = finished_export(runtime, campaign.id, campaigner_id)
    return {"passkeys/number": passkey, "saved/number": saved, "address/token": address, "exports/number": export}
