"""Images of a campaign: its own picture is stored, described, copied and taken away like all others."""

import pytest

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.image import PictureCopy
from campaign.runtime import Runtime
from campaign.services.campaigns import edit, images
from campaign.services.campaigns.edit import EditConflictError
from campaign.store.redis import campaign_cache
from tests.support.factories import new_campaign, stored_campaign

MARY = Actor("Mary Seacole", 7, "192.0.2.0/24")
WELSH = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", note="Nodyn.")


def test_a_picture_is_changed_described_and_taken_away(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, translations=(WELSH,))
    alts = {"en": "A pond", "cy": "Pwll"}

    def seen() -> int:
        return edit.open_for_edit(runtime, campaign.id).revision

    images.change_picture(
        runtime, MARY, campaign.id, seen(), [PictureCopy(480, 320, b"one"), PictureCopy(960, 640, b"One")], alts
    )
    first = stored_campaign(runtime, campaign).appearance.picture
    assert first is not None
    assert first.sizes == ((480, 320), (960, 640))
    assert [one.page_texts.picture_alt for one in stored_campaign(runtime, campaign).versions] == ["A pond", "Pwll"]
    assert stored_campaign(runtime, campaign).in_language("cy").page_texts.note == "Nodyn."

    images.change_picture(runtime, MARY, campaign.id, seen(), [], {**alts, "en": "A pond at dawn"})
    assert stored_campaign(runtime, campaign).appearance.picture == first
    assert stored_campaign(runtime, campaign).page_texts.picture_alt == "A pond at dawn"

    images.change_picture(runtime, MARY, campaign.id, seen(), [PictureCopy(300, 200, b"two")], alts)
    second = stored_campaign(runtime, campaign).appearance.picture
    assert second is not None
    assert (second.sizes, second.hash != first.hash) == (((300, 200),), True)

    images.remove_picture(runtime, MARY, campaign.id, seen())
    assert stored_campaign(runtime, campaign).appearance.picture is None
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == stored_campaign(runtime, campaign)
    with pytest.raises(EditConflictError):
        images.remove_picture(runtime, MARY, campaign.id, seen() - 1)
