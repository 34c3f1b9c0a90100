"""Tasks of a campaign's team: the facts they are judged by, read in one go."""

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.team_tasks import TeamFacts, TeamTask, team_tasks
from campaign.domain.updates.update import UpdateKind
from campaign.runtime import Runtime
from campaign.store.accounts import team
from campaign.store.moderation import flags
from campaign.store.paper import intakes
from campaign.store.privacy import complaints
from campaign.store.updates import updates

_OUTCOME = (UpdateKind.ANSWERED, UpdateKind.ENDED)


def list_tasks(runtime: Runtime, campaign: Campaign) -> tuple[TeamTask, ...]:
    """What the campaign's team would do well to do now, most urgent first. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        latest = updates.list_published(connection, campaign.id, 1)
        delivered = updates.list_kinds(connection, campaign.id, (UpdateKind.DELIVERED,), 1)
        facts = TeamFacts(
            open_complaints=complaints.count_open(connection, campaign.id),
            active_flags=flags.count_active(connection, campaign.id),
            unconfirmed_imports=intakes.count_unconfirmed(connection, campaign.id),
            owners=team.count_owners(connection, campaign.id),
            last_update_at=latest[0].published_at if latest else None,
            handed_in_at=delivered[0].published_at if delivered else None,
            answered=bool(updates.list_kinds(connection, campaign.id, _OUTCOME, 1)),
        )
    return team_tasks(campaign, facts, runtime.now())
