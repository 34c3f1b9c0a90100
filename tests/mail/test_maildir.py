"""The development mailbox: a folder that takes every mail, also from many at once."""

from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier

from campaign.mail.errors import MailServerUnavailableError
from campaign.mail.maildir import MaildirTransport, newest_mails

AT_ONCE = 8


def test_a_mailbox_that_is_not_there_yet_takes_the_first_mails_of_many_connections(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Confirm your signature"
    message.set_content("Hello.")
    for number in range(30):
        folder, together = tmp_path / f"site{number}" / "mailbox", Barrier(AT_ONCE)

        def send(folder: Path = folder, together: Barrier = together) -> None:
            transport = MaildirTransport(folder)
            together.wait()
            transport.open()
            transport.check()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for sent in [pool.submit(send) for _ in range(AT_ONCE)]:
                sent.result()
        MaildirTransport(folder).send(message, "ada@example.org")
        assert [mail.message["Subject"] for mail in newest_mails(folder, 10)] == ["Confirm your signature"]
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_takes_nothing_takes_it_later(tmp_path: Path) -> None:
    message, folder = EmailMessage(), tmp_path / "mailbox"
    folder.write_text("not a folder")
    transport = MaildirTransport(folder)
    results = transport.send_batch([(message, "ada@example.org"), (message, "eve@example.org")])
    assert [type(one) for one in results] == [MailServerUnavailableError] * 2
    folder.unlink()
    assert transport.send_batch([(message, "ada@example.org")]) == [None]
