"""Recipients in the sentences of pages, mails and papers: "to the House of Commons", wherever it is said."""

from datetime import date
from pathlib import Path

from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.updates.update import UpdateKind, UpdateText
from campaign.runtime import Runtime
from campaign.services.updates import write
from tests.services.submissions.sample_petition import papers_text, write_papers
from tests.services.updates.test_updates import add_signatures
from tests.support.caches import expire_campaigns
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

MARY = Actor("Mary Seacole")
COMMONS = "The House of Commons"
HANDED_IN = UpdateText(UpdateKind.DELIVERED, "Handed in", "In a wheelbarrow.", date(2026, 11, 20), COMMONS)
ANSWERED = UpdateText(UpdateKind.ANSWERED, "They answered", "Well.", date(2026, 11, 21), "the House of Commons", "No.")
PAGES = ("", "/updates", "/updates/1", "/updates/2", "/embed", "/privacy", "/how-we-count", "/history", "/complaint")


def test_no_page_and_no_mail_hands_something_to_an_article_that_is_large(
    app: Flask, runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    pond = new_campaign(runtime, recipient=COMMONS, supporters="names")
    add_signatures(runtime, pond, 1)
    for said in (HANDED_IN, ANSWERED):
        made = write.create_draft(runtime, MARY, pond, said, wants_mail=True)
        write.publish_update(runtime, MARY, pond, made)
        run_workers(runtime)
    now.advance(seconds=10)
    expire_campaigns()
    browser = app.test_client()
    said = {path: page_text(browser.get(f"/c/save-the-pond{path}")) for path in PAGES}
    assert "with the campaign to the House of Commons." in said[""]
    assert "Handed in to the House of Commons on 20 November 2026." in said["/updates/1"]
    assert "The House of Commons answered on 21 November 2026." in said["/updates/2"]
    mails = [" ".join(each.message.get_body(("plain",)).get_content().split()) for each in mail.delivered]
    assert sum("Handed in to the House of Commons on" in words for words in mails) == 1
    assert sum("The House of Commons answered on" in words for words in mails) == 1
    draft = write.create_draft(runtime, MARY, pond, HANDED_IN, wants_mail=False)
    desk = page_text(new_campaigner(runtime, app, pond, Role.OWNER).get(f"/desk/c/save-the-pond/updates/{draft.id}"))
    assert "Handed in to the House of Commons" in desk
    for words in (*said.values(), *mails, desk):
        assert " to The House" not in words
        assert " the House of Commons answered" not in words
    assert f"i {COMMONS}" in page_text(browser.get("/c/save-the-pond/updates/1?lang=cy"))


def test_the_frame_of_a_petition_to_a_council_reads_as_a_sentence(runtime: Runtime, tmp_path: Path) -> None:
    pond = new_campaign(runtime, recipient="The parish council", recipient_kind="council")
    write_papers(runtime, pond, "council", tmp_path)
    assert "Petition to the parish council" in papers_text(tmp_path / "council")
