"""All that one mailbox has signed, by one mail to that mailbox and to nobody else."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from campaign.runtime import Runtime
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, link_path_in, run_workers

LIST_SUBJECT = "Your signatures on"


@pytest.fixture
def ada(runtime: Runtime, signatory: Callable[..., Signatory]) -> Signatory:
    """Somebody who has signed two campaigns and confirmed one of them; another has signed as well."""
    for slug, title in (
        ("save-the-pond", "Save the pond"),
        ("mend-the-bridge", "Mend the bridge"),
        ("plant-trees", "Plant trees"),
    ):
        new_campaign(runtime, slug=slug, title=title)
    eve = signatory(email="eve@example.org", name="Eve Adams", slug="plant-trees")
    eve.sign()
    ada = signatory()
    ada.sign()
    ada.slug = "mend-the-bridge"
    ada.sign()
    run_workers(runtime)
    ada.confirm(link_path_in(ada.mails[0], "v"))
    run_workers(runtime)
    return ada


def lists(signatory: Signatory) -> list[EmailMessage]:
    return [mail for mail in signatory.mails if str(mail["Subject"]).startswith(LIST_SUBJECT)]


@on_both_databases
def test_all_that_a_mailbox_has_signed_comes_to_it_in_one_mail(ada: Signatory, runtime: Runtime) -> None:
    path = ada.manage_path()
    page = ada.browser.get(path).text
    assert html_problems(page) == []
    assert "Email me the list" in page
    answer = ada.browser.post(path, data={"action": "list"})
    assert (answer.status_code, answer.location) == (303, f"{path}?listed=1#list-title")
    asked = ada.browser.get(f"{path}?listed=1").text
    assert "on its way to your mailbox" in asked
    # The page itself tells nothing of other campaigns: who has been given the link learns of this one alone.
    assert "Mend the bridge" not in asked
    # Asked for twice before it has left, it is one mail.
    ada.browser.post(path, data={"action": "list"})
    run_workers(runtime)
    (mail,) = lists(ada)
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Save the pond" in body
    assert "Mend the bridge" in body
    assert "Plant trees" not in body
    assert "Not confirmed" in body
    links = re.findall(r"(/s/\S+)", body)
    assert len(links) == 2
    assert {ada.browser.get(link).status_code for link in links} == {200}


def test_a_mailbox_gets_few_of_them_however_often_they_are_asked_for(ada: Signatory, runtime: Runtime) -> None:
    path = ada.manage_path()
    for _ in range(12):
        assert ada.browser.post(path, data={"action": "list"}).location == f"{path}?listed=1#list-title"
        run_workers(runtime)
    assert 0 < len(lists(ada)) < 10


def test_nothing_comes_to_who_wants_no_mail_and_nothing_about_what_is_erased(ada: Signatory, runtime: Runtime) -> None:
    path = ada.manage_path()
    ada.browser.post(path, data={"action": "never-write"})
    assert "Email me the list" not in ada.browser.get(path).text
    ada.browser.post(path, data={"action": "list"})
    run_workers(runtime)
    assert lists(ada) == []


def test_looking_at_the_page_asks_for_nothing(ada: Signatory, runtime: Runtime) -> None:
    for query in ("", "?listed=1", "?action=list"):
        ada.browser.get(ada.manage_path() + query)
        ada.browser.head(ada.manage_path() + query)
    run_workers(runtime)
    assert lists(ada) == []
