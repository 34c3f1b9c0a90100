"""The form for complaints about what a campaign does with personal data, and the desk that answers them."""

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.privacy import complaints
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign

PATH = "/c/save-the-pond/complaint"
FILLED = {"name": "Ada Lovelace", "email": "ada@example.org", "complaint": "I never signed."}


def test_a_complaint_is_made_by_a_form_and_then_said_to_have_arrived(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    reader = app.test_client()
    assert PATH in reader.get("/c/save-the-pond").text
    assert PATH in reader.get("/c/save-the-pond/privacy").text
    assert reader.get(PATH).status_code == 200
    sent = reader.post(PATH, data=FILLED)
    assert sent.status_code == 303
    arrived = reader.get(sent.location)
    assert "We have your complaint" in arrived.text
    assert "ada@example.org" not in sent.location + arrived.text
    assert [one.text for one in complaints.list_complaints(runtime, campaign.id, None)[0]] == ["I never signed."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "ada"}, 'href="#email"'),
        ({"complaint": " "}, "Write what your complaint is about."),
        ({"complaint": "y" * 5_001}, "these are 5001"),
        ({"name": "", "email": "", "complaint": ""}, "Enter your email address."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    app: Flask, runtime: Runtime, changes: dict[str, str], said: str
) -> None:
    campaign, typed = new_campaign(runtime), FILLED | changes
    answer = app.test_client().post(PATH, data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    for name, value in typed.items():
        assert value in answer.text
        assert (f'id="{name}-error"' in answer.text) == (name in changes)
    assert complaints.list_complaints(runtime, campaign.id, None)[0] == []


def test_too_many_complaints_from_one_network_are_told_to_wait_and_keep_their_text(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    reader = app.test_client()
    for _ in range(complaints.MAX_COMPLAINTS_PER_NETWORK):
        assert reader.post(PATH, data=FILLED).status_code == 303
    refused = reader.post(PATH, data=FILLED)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert "I never signed." in refused.text


def test_a_campaign_that_was_taken_down_can_still_be_complained_about(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)
    reader = app.test_client()
    assert reader.get("/c/save-the-pond").status_code == 410
    assert reader.get(PATH).status_code == 200
    assert reader.post(PATH, data=FILLED).status_code == 303
    assert reader.get("/c/nothing/complaint").status_code == 404


def test_an_owner_closes_a_complaint_with_a_note(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    app.test_client().post(PATH, data=FILLED)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    desk = "/desk/c/save-the-pond/complaints"
    listed = page_text(owner.get(desk))
    assert "Ada Lovelace" in listed
    assert "30 days left" in listed
    assert "mailto:ada%40example.org" in owner.get(f"{desk}/1").text
    refused = owner.post(f"{desk}/1", {"note": ""})
    assert refused.status_code == 422
    assert "Write what was done" in refused.text
    assert owner.post(f"{desk}/1", {"note": "Told her by mail."}).status_code == 303
    assert "Told her by mail." in owner.get(f"{desk}/1").text
    assert "closed" in page_text(owner.get(desk))
    assert "An email which says that it has arrived is on its way" in page_text(owner.get(f"{desk}/1"))
    assert owner.get(f"{desk}/2").status_code == 404


def test_the_operator_sees_the_complaints_of_all_campaigns(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="station", title="Reopen the station")
    for slug in ("save-the-pond", "station"):
        app.test_client().post(f"/c/{slug}/complaint", data=FILLED)
    operator = new_campaigner(runtime, app, operator=True)
    listed = operator.get("/desk/site/complaints")
    assert "Save the village pond" in listed.text
    assert "Reopen the station" in listed.text
    assert "/desk/c/station/complaints/2" in listed.text
    assert operator.get("/desk/c/station/complaints/2").status_code == 200
