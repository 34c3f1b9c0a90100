"""The page of a campaign's personal data at the desk: when it ends, and choosing that."""

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.privacy import retention
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign

PATH = "/desk/c/save-the-pond/data"


def test_an_owner_chooses_how_long_personal_data_is_kept(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert "23 December 2027, 12 months after the deadline" in page_text(owner.get(PATH)).replace(" ,", ",")
    assert owner.post(PATH, {"months": "3"}).status_code == 303
    assert "23 March 2027" in owner.get(PATH).text
    assert retention.get_plan(runtime, campaign.id).months == 3
    assert owner.post(PATH, {"months": ""}).status_code == 303
    assert retention.get_plan(runtime, campaign.id).months == 12


@pytest.mark.parametrize("typed", ["0", "25", "-1", "twelve", "9" * 30, "1.5", "١٢"])
def test_what_the_site_does_not_allow_is_said_at_its_field(app: Flask, runtime: Runtime, typed: str) -> None:
    campaign = new_campaign(runtime)
    answer = new_campaigner(runtime, app, campaign, Role.OWNER).post(PATH, {"months": typed})
    assert answer.status_code == 422
    assert "Choose a number of months from 1 to 24." in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_viewer_sees_it_and_does_not_choose(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    viewer = new_campaigner(runtime, app, campaign, Role.VIEWER)
    assert "Months after the deadline" not in viewer.get(PATH).text
    assert viewer.post(PATH, {"months": "3"}).status_code == 403
