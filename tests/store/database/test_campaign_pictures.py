"""The migration that carries pictures of campaigns over to all other images, on both databases."""

from collections.abc import Callable
from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, inspect, select

from campaign.domain.campaigns.text import Picture
from campaign.store.database.engine import make_engine, transaction
from campaign.store.database.picture_types import picture_from_values
from campaign.store.database.schema_version import MIGRATIONS_FOLDER

_before = MetaData()
_campaigns = Table("campaigns", _before, Column("id", BigInteger, primary_key=True))
_pictures = Table(
    "pictures",
    _before,
    Column("campaign_id", BigInteger, primary_key=True),
    Column("width", Integer, primary_key=True),
    Column("height", Integer),
    Column("hash", String(16)),
    Column("body", LargeBinary),
)
_images = Table(
    "images",
    _before,
    Column("campaign_id", BigInteger, primary_key=True),
    Column("hash", String(16), primary_key=True),
    Column("width", Integer, primary_key=True),
    Column("format", String(4), primary_key=True),
    Column("update_id", BigInteger),
    Column("body", LargeBinary),
)


def test_pictures_of_campaigns_are_carried_over(empty_databases: Callable[[], str]) -> None:
    [path] = (MIGRATIONS_FOLDER / "versions").glob("v*_campaign_pictures.py")
    engine = make_engine(empty_databases(), 1)
    old, other = "0123456789abcdef", "fedcba9876543210"
    with transaction(engine) as connection:
        _before.create_all(connection)
        connection.execute(_campaigns.insert(), [{"id": 1}, {"id": 2}, {"id": 3}])
        connection.execute(
            _pictures.insert(),
            [
                {"campaign_id": 1, "width": 960, "height": 640, "hash": old, "body": b"large"},
                {"campaign_id": 1, "width": 480, "height": 320, "hash": old, "body": b"small"},
                {"campaign_id": 3, "width": 300, "height": 200, "hash": old, "body": b"other"},
            ],
        )
        logo = {"campaign_id": 1, "hash": other, "width": 96, "format": "jpg", "update_id": None, "body": b"logo"}
        connection.execute(_images.insert(), [logo])
        with Operations.context(MigrationContext.configure(connection)):
            import_module(f"campaign.migrations.versions.{path.stem}").upgrade()
        after = MetaData()
        campaigns = Table("campaigns", after, autoload_with=connection)
        found = {row.id: picture_from_values(row.picture) for row in connection.execute(select(campaigns))}
        copies = {tuple(row) for row in connection.execute(select(_images))}
        assert not inspect(connection).has_table("pictures")
    engine.dispose()
    assert found == {1: Picture(old, ((480, 320), (960, 640))), 2: None, 3: Picture(old, ((300, 200),))}
    assert copies == {
        (1, old, 480, "webp", None, b"small"),
        (1, old, 960, "webp", None, b"large"),
        (3, old, 300, "webp", None, b"other"),
        (1, other, 96, "jpg", None, b"logo"),
    }
