"""Texts of a campaign beside the one that is signed: its summary where it is listed, its thanks to who has verified."""

from collections.abc import Callable

from flask import Flask

from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, run_workers

SUMMARY = "A pond is to be drained in March."


def test_a_summary_is_what_lists_and_who_is_shown_the_address_are_told(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, summary=SUMMARY)
    reader = app.test_client()
    page = reader.get("/c/save-the-pond").text
    assert f'<meta name="description" content="{SUMMARY}">' in page
    assert f'<meta property="og:description" content="{SUMMARY}">' in page
    assert f"<p>{SUMMARY}</p>" in reader.get("/").text
    assert f'<summary type="text">{SUMMARY}</summary>' in reader.get("/campaigns.atom").text


def test_without_a_summary_it_is_what_is_asked(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, ask="Keep *the pond*.")
    assert '<meta property="og:description" content="Keep the pond.">' in app.test_client().get("/c/save-the-pond").text


def test_who_has_verified_is_thanked_in_the_campaigns_words_and_language(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    welsh = language_version(
        "save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", thank_you="**Diolch!** <b>x</b>"
    )
    new_campaign(runtime, thank_you="*Come along.*", translations=(welsh,))
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    assert "<em>Come along.</em>" in ada.browser.get("/c/save-the-pond/thanks").text
    page = ada.browser.get("/c/save-the-pond/thanks?lang=cy").text
    assert "<strong>Diolch!</strong> &lt;b&gt;x&lt;/b&gt;" in page
