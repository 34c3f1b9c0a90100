"""Pages on which signatures are found and judged."""

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.moderation.flag import FlagKind
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.moderation.standing_rule import RuleAction, RuleCriteria
from campaign.domain.signatures.filters import Filters
from campaign.domain.site.alarm import AlarmKind
from campaign.services.moderation import batches, removals
from campaign.store.moderation import flags, standing_rules
from campaign.store.moderation.flags import Observation
from campaign.store.site import alarms
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.signatory import Signatory


def add_signatures(desk: DeskScenario) -> None:
    """The table, one signature, and comments."""
    pond = "/c/village-pond"
    desk.add("signatures, none", "/c/lido/signatures")
    desk.add("signatures", f"{pond}/signatures")
    desk.add("signatures, as a viewer", f"{pond}/signatures", desk.viewer)
    desk.add("signatures, found", f"{pond}/signatures?states=verified&source=leaflet-3&domain=village-pond.example.org")
    desk.add("signatures, none to invalidate", f"{pond}/signatures?states=withdrawn")
    desk.add("signatures, none found", f"{pond}/signatures?source=nowhere")
    desk.add("signatures, a search with mistakes", f"{pond}/signatures", status=422, since="yesterday", network="x")
    desk.add("signatures, long words", "/c/long-words/signatures")
    ada, grace, alan = desk.signatories[:3]
    desk.add("signature", f"{pond}/signatures/{grace.id}")
    desk.add("signature, as a viewer", f"{pond}/signatures/{grace.id}", desk.viewer)
    desk.add("signature, withdrawn", f"{pond}/signatures/{ada.id}")
    desk.add("signature, invalidate without a reason", f"{pond}/signatures/{grace.id}/invalidate", status=422, reason="")
    mary = Actor("Mary Seacole", desk.owner.id)
    removals.invalidate_signature(desk.site.runtime, mary, alan.id, RemovalKind.FALSE, "Not a name")
    desk.add("signature, invalidated", f"{pond}/signatures/{alan.id}")
    desk.add("signature, erase", f"{pond}/signatures/{grace.id}/erase")
    desk.add("signature, erase without a reason", f"{pond}/signatures/{grace.id}/erase", status=422, reason="")
    desk.site.execute_sql("UPDATE signatures SET comment_public = true WHERE name IN ('Grace Hopper', 'Mary Somerville')")
    desk.site.execute_sql(
        "UPDATE signatures SET comment_published_at = signed_at WHERE name = 'Mary Somerville' AND comment_public"
    )
    desk.add("comments", f"{pond}/comments")
    desk.add("comments, to read", f"{pond}/comments?which=to-read")
    desk.add("comments, on the page", f"{pond}/comments?which=published")
    desk.add("comments, none hidden", f"{pond}/comments?which=hidden")
    desk.add("comments, hide without a reason", f"{pond}/comments/{grace.id}/hide", status=422, reason="")


def add_stories(desk: DeskScenario) -> None:
    """What happened to signatures by the hand of their signatories, with mails that nobody was owed any more."""
    site = desk.site
    orchard = site.new_campaign("orchard", title="Plant the orchard")
    desk.owner.join_team(orchard, Role.OWNER)
    made = {}
    for action, name in (("withdraw", "Rosalind Franklin"), ("never-write", "Emmy Noether"), ("erase", "Lise Meitner")):
        person = Signatory(site, "orchard", name).sign().verify()
        # Before a worker has sent anything: what is owed is not sent.
        person.post(person.manage_path, action=action)
        made[action] = site.query_scalar("SELECT max(id) FROM signatures WHERE campaign_id = :id", id=orchard.id)
    site.run_workers()
    removals.invalidate_signature(
        site.runtime, Actor("Mary Seacole", desk.owner.id), made["never-write"], RemovalKind.OTHER, "Asked for"
    )
    for action, number in made.items():
        desk.add(f"signature, story after {action}", f"/c/orchard/signatures/{number}")
    desk.add("signatures, one of them erased", "/c/orchard/signatures")
    desk.add("audit trail, what nobody at the desk did", "/c/orchard/audit")


def add_moderation(desk: DeskScenario) -> None:
    """Flags and batches."""
    pond, runtime = "/c/village-pond", desk.site.runtime
    desk.add("flags, none", "/c/lido/flags")
    now = runtime.now().replace(minute=0, second=0, microsecond=0)
    with runtime.transaction() as connection:
        for kind, subject in ((FlagKind.DOMAIN, "village-pond.example.org"), (FlagKind.NAME, "mary")):
            flags.raise_flag(connection, desk.pond.id, kind, Observation(subject, 60, 80), {"share": 60, "many": 20}, now)
    desk.add("flags", f"{pond}/flags", desk.moderator)
    with runtime.transaction() as connection:
        facts = {"amount": 420, "verified": 3}
        alarms.raise_alarm(connection, AlarmKind.FLOOD, runtime.now(), campaign_id=desk.pond.id, facts=facts)
    desk.add("flags, with an alarm", f"{pond}/flags", desk.moderator)
    desk.add("flags, dismissed", f"{pond}/flags?dismissed=1")
    desk.add("batches, none", "/c/lido/batches")
    rule = "source=leaflet-3&states=pending"
    desk.add("batch, dry run", f"{pond}/batches/new?{rule}", desk.moderator)
    desk.add("batch, without a reason", f"{pond}/batches?{rule}", status=422, reason="", expected="1")
    desk.add("batch, nobody meant", f"{pond}/batches/new?source=nowhere", status=422)
    mary = Actor("Mary Seacole", desk.owner.id)
    first, second = (
        batches.start_batch(
            runtime,
            mary,
            desk.pond,
            SignatureSelection(Filters(source="leaflet-9")),
            RemovalKind.PROGRAM,
            "A burst from one place",
            n,
            confirmed=True,
        )
        for n in (1_000, 12)
    )
    desk.site.execute_sql("UPDATE batches SET state = 'done', invalidated = 12 WHERE id = :id", id=second)
    desk.add("batch, running", f"{pond}/batches/{first}")
    desk.add("batch, done", f"{pond}/batches/{second}")
    desk.add("batch, undo without a reason", f"{pond}/batches/{second}/undo", status=422, reason="")
    desk.add("batches", f"{pond}/batches")
    desk.add("rules, none", "/c/lido/rules")
    with runtime.transaction() as connection:
        block = RuleAction.BLOCK, RuleCriteria(domain="*.never.example", name_pattern="*heron*"), "", ""
        standing_rules.create_rule(connection, desk.pond.id, *block, "A burst", desk.owner.id, now)
        standing_rules.create_rule(connection, None, *block, "A burst everywhere", None, now)
    desk.add("rules", f"{pond}/rules", desk.moderator)
    rule = {"action": "block", "domain": "village-pond.example.org", "reason": "A burst"}
    desk.add("rule, tried", f"{pond}/rules", desk.moderator, status=200, **rule)
    desk.add("rule, with mistakes", f"{pond}/rules", desk.moderator, status=422, network="x", action="", reason="")
