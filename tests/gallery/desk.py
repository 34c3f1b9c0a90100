"""The pages of the desk, full, empty and with mistakes."""

from tests.gallery import (
    desk_campaign,
    desk_entrance,
    desk_exports,
    desk_paper,
    desk_places,
    desk_signatures,
    desk_site,
    desk_submission,
)
from tests.gallery.office import Office
from tests.gallery.walls import Gallery


def desk(gallery: Gallery) -> None:
    """Hang them: they have a place of their own."""
    office = Office(gallery)
    desk_entrance.entrance(office)
    desk_entrance.account(office)
    desk_entrance.team(office)
    desk_campaign.making(office)
    desk_campaign.running(office)
    desk_campaign.drafts(office)
    desk_signatures.signatures(office)
    desk_signatures.moderating(office)
    desk_places.places(office)
    desk_exports.exports(office)
    desk_paper.paper(office)
    desk_submission.submission(office)
    desk_site.watching(office)
    desk_site.site(office)
    desk_site.held(gallery)
