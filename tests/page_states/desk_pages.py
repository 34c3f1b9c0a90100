"""The pages of the desk, full, empty and with mistakes."""

from tests.page_states import (
    desk_accounts,
    desk_campaigns,
    desk_exports,
    desk_paper,
    desk_paper_lists,
    desk_places,
    desk_signatures,
    desk_site,
    desk_submissions,
    updates,
)
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.page_catalogue import PageCatalogue


def add_desk(catalogue: PageCatalogue) -> None:
    """Add them: they have a site of their own."""
    office = DeskScenario(catalogue)
    desk_accounts.add_sign_in(office)
    desk_accounts.add_account(office)
    desk_accounts.add_team(office)
    desk_campaigns.add_editing(office)
    desk_campaigns.add_lifecycle(office)
    desk_campaigns.add_drafts(office)
    desk_signatures.add_signatures(office)
    desk_signatures.add_stories(office)
    desk_signatures.add_moderation(office)
    desk_places.add_places(office)
    desk_exports.add_exports(office)
    desk_paper.add_paper(office)
    desk_paper_lists.add_paper_lists(office)
    desk_submissions.add_submissions(office)
    updates.add_desk_updates(office)
    desk_site.add_dashboard(office)
    desk_site.add_site(office)
    desk_site.add_switched_site(catalogue)
