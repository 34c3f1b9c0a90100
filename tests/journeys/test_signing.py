"""The main job, from the form to the count and back."""

from collections.abc import Callable

from flask import Flask

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, link_path_in, public_count, run_workers


def test_a_signature_goes_all_the_way(app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada = signatory()

    answer = ada.sign()
    assert (answer.status_code, answer.location) == (303, "/c/save-the-pond/check-your-email")
    run_workers(runtime)
    assert [mail["Subject"] for mail in ada.mails] == ["Confirm your signature: Save the village pond"]
    assert public_count(app) == 0

    # A mail scanner looks at the link in every way it knows, from a browser that has not signed.
    scanner = app.test_client()
    link = ada.verify_path()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
        assert scanner.options(link).status_code == 200
    assert "data-press" not in scanner.get(link).text
    run_workers(runtime)
    assert public_count(app) == 0

    assert "data-press" in ada.open_verification().text
    pressed = ada.confirm()
    assert (pressed.status_code, pressed.location) == (303, "/c/save-the-pond/thanks")
    run_workers(runtime)
    assert public_count(app) == 1
    again = ada.confirm()
    assert (again.status_code, again.location) == (303, "/c/save-the-pond/thanks")
    assert ada.browser.get("/c/save-the-pond/thanks").status_code == 200
    run_workers(runtime)
    assert public_count(app) == 1
    assert len(ada.mails) == 2

    assert ada.withdraw().status_code == 303
    run_workers(runtime)
    assert public_count(app) == 0
    assert link_path_in(ada.mails[-1], "s") == ada.manage_path()
    assert ada.confirm(link).status_code == 410

    # A withdrawn signatory may sign again, and must verify again: by the new link only.
    ada.sign()
    run_workers(runtime)
    assert public_count(app) == 0
    assert ada.confirm(link).status_code == 410
    assert ada.confirm().status_code == 303
    run_workers(runtime)
    assert public_count(app) == 1
