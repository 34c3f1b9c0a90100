"""`countersign backup` and `restore`: taken while people sign, put back elsewhere, and nothing is lost or doubled."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.campaigns import campaigns
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.machine import Machine
from tests.support.queries import query_scalar
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import MailServer


def test_a_backup_made_while_people_sign_is_put_back_on_another_machine(
    old_machine: Machine, new_machine: Machine, runtime: Runtime, make_runtime: Callable[..., Runtime], mail: MailServer
) -> None:
    campaign = new_campaign(runtime)
    for number in range(1, 4):
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@example.org"))
    for number in (1, 2):
        sign.verify_signature(runtime, verify_link_of(runtime, number))
    count.advance_ledgers(runtime)
    stop = threading.Event()

    def keep_signing() -> None:
        number = 100
        while not stop.is_set():
            sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@example.org"))
            number += 1

    thread = threading.Thread(target=keep_signing)
    thread.start()
    try:
        code, said = old_machine.run("backup", "site.backup")
    finally:
        stop.set()
        thread.join()
    assert code == 0, said
    file = old_machine.folder / "site.backup"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    raw = file.read_bytes()
    assert not any(word in raw for word in (b"example.org", b"Ada Lovelace", SECRET_KEY.encode(), b"signatures"))
    # What was signed since is in Redis and in the old database, not in the backup.
    sign.verify_signature(runtime, verify_link_of(runtime, 3))
    count.advance_ledgers(runtime)

    code, said = new_machine.run("restore", str(file))
    assert code == 0, said
    data_dir = new_machine.data_dir
    assert (data_dir / "secret_key").read_text().strip() == SECRET_KEY
    assert (data_dir / "log_key").read_text().strip() == "7" * 64
    for name in ("secret_key", "log_key", "restored.env"):
        assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600
    assert f"MAIL_URL={mail.url}" in (data_dir / "restored.env").read_text()

    restored = make_runtime(mail_url=mail.url, database_url=new_machine.settings["database_url"])
    with restored.reading() as connection:
        found = campaigns.get_by_id(connection, campaign.id)
        assert found.verified == 2
        highest = connection.execute(text("SELECT max(id) FROM signatures")).scalar_one()
    assert highest >= 3
    # Old links work, new signatures get numbers of their own, and the ledger is sound.
    sign.verify_signature(restored, verify_link_of(restored, 3))
    sign.sign_campaign(restored, campaign.id, campaign.text.hash, sign_form_data("later@example.org"))
    count.advance_ledgers(restored)
    assert query_scalar(restored, "SELECT max(id) FROM signatures") > highest
    code, said = new_machine.run("reconcile")
    assert code == 0, said
    assert "save-the-pond: sound; 3 verified" in said
    # What nobody may change can still not be changed.
    with pytest.raises(Exception, match="ledger"), restored.transaction() as connection:
        connection.execute(text("UPDATE ledger SET total = 9"))


def test_a_restore_refuses_what_it_must_not_do_and_changes_nothing(
    old_machine: Machine, new_machine: Machine, backup_file: Path
) -> None:
    assert "holds a site already" in old_machine.run("restore", str(backup_file))[1]
    whole = backup_file.read_bytes()
    for changed, said in (
        (whole[:-40], "the backup is cut off or damaged"),
        (whole + b"x", "goes on after its end"),
        (whole[:60] + bytes([whole[60] ^ 1]) + whole[61:], "the passphrase is wrong, or the backup is damaged"),
        (b"SQLite format 3\0" + whole, "this is no backup of Countersign"),
    ):
        backup_file.write_bytes(changed)
        code, words = new_machine.run("restore", str(backup_file))
        assert (code, words.count("\n")) == (1, 1), words
        assert said in words
    backup_file.write_bytes(whole)
    assert "the passphrase is wrong" in new_machine.run("restore", str(backup_file), passphrase="another one altogether")[1]
    assert "12 characters or more" in old_machine.run("backup", "x", passphrase="short")[1]
    new_machine.settings["secret_key"] = SECRET_KEY[::-1]
    assert "SECRET_KEY: differs from the backup's" in new_machine.run("restore", str(backup_file))[1]
    new_machine.settings["secret_key"] = ""
    assert (
        not Path(new_machine.settings["database_url"].removeprefix("sqlite:///")).exists()
        or new_machine.run("campaign", "list")[0] == 1
    )


def test_a_restore_in_place_needs_to_be_told_and_leaves_no_old_file_beside_the_new(
    old_machine: Machine, runtime: Runtime, backup_file: Path
) -> None:
    new_campaign(runtime, slug="since-then")
    runtime.engine.dispose()
    runtime.autocommit_engine.dispose()
    path = Path(runtime.settings.database_url.removeprefix("sqlite:///"))
    if runtime.settings.is_sqlite:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).write_bytes(b"left behind" * 500)
    code, said = old_machine.run("restore", str(backup_file), "--overwrite")
    assert code == 0, said
    assert runtime.redis.keys("countersign:campaign:*") == []
    code, said = old_machine.run("campaign", "list")
    assert code == 0, said
    assert "save-the-pond" in said
    assert "since-then" not in said
    runtime.engine.dispose()
    runtime.autocommit_engine.dispose()


def test_a_restore_says_which_entries_of_the_public_log_are_gone(
    old_machine: Machine, new_machine: Machine, runtime: Runtime, now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "before@example.org")
    advance(runtime)
    code, said = old_machine.run("backup", "site.backup")
    assert code == 0, said
    for number in range(3):
        sign_and_verify(runtime, campaign, f"{number}@example.org")
    now.advance(seconds=1)
    advance(runtime)
    code, said = new_machine.run("restore", str(old_machine.folder / "site.backup"))
    assert code == 0, said
    assert "The public log has 1 entries now. It is not known how many it had before." in said
    runtime.engine.dispose()
    runtime.autocommit_engine.dispose()
    code, said = old_machine.run("restore", "site.backup", "--overwrite")
    assert code == 0, said
    assert "The public log has 1 entries now. It had 4 before: 3 are gone." in said
    assert "witnesses first, will refuse the log" in said
