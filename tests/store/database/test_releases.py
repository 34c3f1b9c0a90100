"""Databases of released versions, kept as SQL text: each is brought to the newest schema, and works on.

At each release its database is written by `python -m tests.store.database.keep_release VERSION`, and never again.
"""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine

from campaign.domain.campaigns.text import Picture
from campaign.services.campaigns import create_and_find, images
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.database import migrate, schema_version
from campaign.store.database.engine import make_engine
from tests.store.database.keep_release import RELEASES, open_runtime
from tests.store.database.test_migrations import described
from tests.support.factories import sign_form_data, verify_link_of
from tests.support.servers import RedisServer

KEPT = sorted(path.stem for path in RELEASES.glob("*.sql"))


def kept_database(version: str, folder: Path) -> Path:
    """A SQLite database as a version left it."""
    path = folder / f"{version}.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript((RELEASES / f"{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def give_picture(path: Path) -> None:
    """Give the campaign of a database of 0.1 a picture, as campaigns had them then; the kept one has none."""
    connection = sqlite3.connect(path)
    [(campaign_id,)] = connection.execute("SELECT id FROM campaigns WHERE slug = 'save-the-pond'").fetchall()
    for width, height, body in ((960, 640, b"large"), (480, 320, b"small")):
        connection.execute(
            "INSERT INTO pictures (campaign_id, width, height, hash, body) VALUES (?, ?, ?, '0123456789abcdef', ?)",
            (campaign_id, width, height, body),
        )
    connection.commit()
    connection.close()


@pytest.fixture
def made_afresh(tmp_path: Path) -> Engine:
    """An engine on a database that had the newest schema from the beginning."""
    engine = make_engine(f"sqlite:///{tmp_path / 'afresh.sqlite3'}", 1)
    migrate.upgrade_to_head(engine)
    return engine


def test_a_database_is_kept() -> None:
    assert KEPT


@pytest.mark.parametrize("version", KEPT)
def test_a_released_database_is_brought_to_the_newest_schema(version: str, tmp_path: Path, made_afresh: Engine) -> None:
    engine = make_engine(f"sqlite:///{kept_database(version, tmp_path)}", 1)
    migrate.upgrade_to_head(engine)
    assert schema_version.current_revision(engine) == schema_version.head_revision()
    found, afresh = described(engine), described(made_afresh)
    assert found.keys() == afresh.keys()
    for table in afresh:
        assert found[table] == afresh[table], table
    engine.dispose()
    made_afresh.dispose()


@pytest.mark.usefixtures("_empty_redis")
@pytest.mark.parametrize("version", KEPT)
def test_what_was_stored_is_found_and_counted_on(version: str, tmp_path: Path, redis_server: RedisServer) -> None:
    path = kept_database(version, tmp_path)
    give_picture(path)
    runtime = open_runtime(tmp_path, path, redis_server.url)
    migrate.upgrade_to_head(runtime.engine)
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    assert campaign.appearance.picture == Picture("0123456789abcdef", ((480, 320), (960, 640)))
    assert images.get_image(runtime, campaign.id, "0123456789abcdef", 960, "webp") == b"large"
    assert (campaign.text.title, campaign.verified, campaign.pending, campaign.sequence) == ("Achub pwll Llŷn", 1, 1, 3)
    ada = sign.get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref)
    assert ada is not None
    assert (ada.name, ada.state, ada.email) == ("Ada Lovelace", "verified", "ada@example.org")

    # Links that were mailed before the upgrade work, and a number is not given twice.
    assert sign.verify_signature(runtime, verify_link_of(runtime, 3)).outcome is sign.VerifyOutcome.NOW
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("di@example.org"))
    assert verify_link_of(runtime, 4).link_key
    count.advance_ledgers(runtime)
    proved = count.reconcile_campaign(runtime, campaign)
    assert proved.consistent
    after = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert after is not None
    assert (after.verified, after.pending, after.sequence) == (2, 1, 4)
    runtime.close()
