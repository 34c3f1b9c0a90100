"""Database of a release, kept as SQL text: `python -m tests.store.database.keep_release 0.1` writes it, once, when it is
released.

A small story on SQLite, always the same: a campaign, three people who sign, two of whom confirm and one of whom withdraws.
"""

import re
import sqlite3
import sys
import tempfile
from pathlib import Path

from campaign.config import load_settings
from campaign.runtime import Runtime, make_runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.database.migrate import upgrade_to_head
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import RedisServer

RELEASES = Path(__file__).with_name("releases")


def tell_story(runtime: Runtime) -> None:
    """What the kept database holds."""
    campaign = new_campaign(runtime, title="Achub pwll Llŷn")
    for name, email in (("Ada Lovelace", "ada@example.org"), ("Bob Groß", "bob@example.org"), ("Cy", "cy@example.org")):
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, name=name))
    for signature_id in (1, 2):
        sign.verify_signature(runtime, verify_link_of(runtime, signature_id))
    count.advance_ledgers(runtime)
    sign.withdraw_signature(runtime, 2)
    count.advance_ledgers(runtime)


def open_runtime(folder: Path, path: Path, redis_url: str) -> Runtime:
    """A runtime on a SQLite database, always with the same clock."""
    settings = load_settings(
        _env_file=None, data_dir=folder, database_url=f"sqlite:///{path}", redis_url=redis_url, places_url="off",
        secret_key=SECRET_KEY, log_key="7" * 64, base_url="https://sign.example.org", mail_url="smtp://127.0.0.1:9",
    )  # fmt: skip
    runtime = make_runtime(settings, max_connections=1)
    runtime.now = ManualClock()
    return runtime


def dump_story(folder: Path, redis_url: str) -> str:
    """SQL text of a SQLite database of this version in which the story was told."""
    path = folder / "kept.sqlite3"
    runtime = open_runtime(folder, path, redis_url)
    upgrade_to_head(runtime.engine)
    tell_story(runtime)
    runtime.close()
    connection = sqlite3.connect(path)
    sql = "\n".join(connection.iterdump()) + "\n"
    connection.close()
    return sql


def main(version: str) -> None:
    """Write the database of a version."""
    RELEASES.mkdir(exist_ok=True)
    redis = RedisServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            (RELEASES / f"{version}.sql").write_text(dump_story(Path(folder), redis.url), encoding="utf-8")
    finally:
        redis.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"\d+(\.\d+)+", sys.argv[1]):
        sys.exit("usage: python -m tests.store.database.keep_release VERSION, as in 0.2")
    main(sys.argv[1])
