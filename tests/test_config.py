"""Settings: read once, refused early, in one line that names the one that is wrong."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaign.config import (
    ADDRESS_FILE,
    InvalidSettingsError,
    Settings,
    env_file_text,
    environment_value,
    load_settings,
    require_redis,
    require_secret,
)
from campaign.config.files import MAX_SOCKET_PATH_BYTES
from campaign.runtime import make_runtime
from campaign.security.tokens import SignedTokens
from tests.support.secret_keys import SECRET_KEY

KEY, OLD_KEY = SECRET_KEY, "o" * 32
"""The present one, and one of a time when weak ones were taken: what it signed must still open."""


def settings(tmp_path: Path, **given: Any) -> Settings:
    return load_settings(_env_file=None, **{"data_dir": tmp_path, **given})


def refusal(tmp_path: Path, **given: Any) -> str:
    with pytest.raises(InvalidSettingsError) as refused:
        settings(tmp_path, **given)
    return str(refused.value)


def test_nothing_has_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plain = load_settings()
    assert plain.data_dir == tmp_path / "var"
    assert plain.database_url == f"sqlite:///{tmp_path}/var/countersign.sqlite3"
    assert plain.is_sqlite
    assert (plain.host, plain.port, plain.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert plain.mail_from == "no-reply@localhost"
    assert plain.development_mailbox == tmp_path / "var" / "mailbox"
    assert plain.own_redis_socket.name == "redis.sock"
    assert plain.trusted_proxies == 0
    assert plain.secret_key.get_secret_value() == ""


def test_the_environment_wins_over_the_file_and_empty_settings_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PORT=8101\nMAILBOX_LIMIT=3\nSOMETHING_ELSE=1\nLOG_LEVEL=debug\n")
    monkeypatch.setenv("PORT", "8102")
    monkeypatch.setenv("BASE_URL", "")
    found = load_settings()
    assert (found.port, found.base_url) == (8102, "http://127.0.0.1:8102")
    assert (found.mailbox_limit, found.log_level) == (3, "DEBUG")


def test_places_are_looked_up_where_postcodes_are_known_unless_they_are_not_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLACES_URL")
    assert settings(tmp_path).places_url == "https://api.postcodes.io"
    assert settings(tmp_path, places_url="http://127.0.0.1:8001/copy/").places_url == "http://127.0.0.1:8001/copy"
    assert settings(tmp_path, places_url="off").places_url == settings(tmp_path, places_url="").places_url == ""


def test_a_folder_may_be_written_as_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings(tmp_path, data_dir="~/petitions").data_dir == tmp_path / "petitions"


def test_base_url_names_the_sender(tmp_path: Path) -> None:
    found = settings(tmp_path, base_url="https://sign.example.org/", mail_url="smtp://mail.example.org")
    assert (found.base_url, found.mail_from) == ("https://sign.example.org", "no-reply@sign.example.org")


@pytest.mark.parametrize("written", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_understood_as_others_write_it(tmp_path: Path, written: str) -> None:
    found = settings(tmp_path, database_url=f"{written}://ada:p%40ss@db.example.org:5432/countersign?sslmode=require")
    assert found.database_url == "postgresql+psycopg://ada:p%40ss@db.example.org:5432/countersign?sslmode=require"
    assert not found.is_sqlite


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg:///countersign",
        "postgresql+psycopg://localhost/countersign",
        "postgresql+psycopg://ada@localhost/countersign",
        "postgresql+psycopg://ada:p#s?s/w@[::1]:5432/countersign",
        "postgresql+psycopg:///countersign?host=/run/postgresql",
        "sqlite:////srv/countersign.sqlite3",
        "sqlite:///countersign.sqlite3",
    ],
)
def test_a_database_may_be_named_in_every_usual_way(tmp_path: Path, url: str) -> None:
    assert settings(tmp_path, database_url=url).database_url == url


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org",
        "smtp://ada:p%40ss@mail.example.org:587?starttls=1",
        "smtps://mail.example.org:465/",
        "smtp://[::1]:25",
        "postmark://0123-4567",
        "mailgun://key-0123@mg.example.org?region=eu",
        "sendgrid://SG.abc.def",
        "brevo://xkeysib-0123",
        "resend://re_0123?api=https://resend.example.org",
        "ses://AKIA0123:a/b+c/d@eu-west-2",
    ],
)
def test_a_mail_server_may_be_named_in_every_usual_way(tmp_path: Path, url: str) -> None:
    found = settings(tmp_path, mail_url=url)
    assert found.mail_url == url.rstrip("/")
    assert found.development_mailbox is None


WRONG: list[tuple[str, str]] = [
    ("MAILBOX_RULES", "firm.example dots"),
    ("PORT", "http"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "80.5"),
    ("DATABASE_URL", "mysql://localhost/countersign"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "postgresql://localhost:port/countersign"),
    ("DATABASE_URL", "postgresql+asyncpg://localhost/countersign"),
    ("DATABASE_URL", "countersign.sqlite3"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "http://localhost:6379"),
    ("REDIS_URL", "redis://localhost:port"),
    ("REDIS_URL", "redis://localhost:70000"),
    ("RETENTION_MONTHS", "0"),
    ("RETENTION_MONTHS_MAX", "121"),
    ("TSA_URL", "freetsa.org/tsr"),
    ("TSA_URL", "https://freetsa.org:port/tsr"),
    ("PLACES_URL", "api.postcodes.io"),
    ("PLACES_URL", "ftp://api.postcodes.io"),
    ("PLACES_URL", "https://api.postcodes.io?key=1"),
    ("PLACES_URL", "https://api.postcodes.io:port"),
    ("PLACES_TIMEOUT", "0"),
    ("PLACES_RETRIES", "6"),
    ("PLACES_BATCH", "101"),
    ("PLACES_CACHE_DAYS", "0"),
    ("MAIL_URL", "mail.example.org"),
    ("MAIL_URL", "http://mail.example.org"),
    ("MAIL_URL", "smtp://"),
    ("MAIL_URL", "smtp://mail.example.org/inbox"),
    ("MAIL_URL", "smtp://mail.example.org?tls=1"),
    ("MAIL_URL", "smtp://mail.example.org:port"),
    ("MAIL_URL", "smtp://mail.example.org:99999"),
    ("MAIL_URL", "smtp://[mail"),
    ("MAIL_URL", "postmark://"),
    ("MAIL_WEBHOOK_SECRET", "short"),
    ("BOUNCE_URL", "imap://ada:pw@mail.example.org"),
    ("BOUNCE_URL", "imaps://mail.example.org/INBOX"),
    ("BOUNCE_URL", "pop://ada:pw@mail.example.org"),
    ("BOUNCE_ADDRESS", "Bounces <bounces@example.org>"),
    ("BOUNCE_ADDRESS", "bounces"),
    ("MAIL_URL", "postmark://k?region=eu"),
    ("MAIL_URL", "postmark://k?api=http://postmark.example.org"),
    ("MAIL_URL", "mailgun://key"),
    ("MAIL_URL", "mailgun://key@mg.example.org?region=mars"),
    ("MAIL_URL", "sendgrid://a b"),
    ("MAIL_URL", "ses://AKIA0123@eu-west-2"),
    ("MAIL_URL", "ses://AKIA0123:secret@london"),
    ("UPDATE_MAILS_PER_WEEK", "-1"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "no-reply@"),
    ("MAIL_FROM", "no reply@example.org"),
    ("MAIL_FROM", "Our Campaign no-reply@example.org"),
    ("MAIL_FROM", "no-reply@example.org\r\nBcc: eve@example.org"),
    ("BASE_URL", "sign.example.org"),
    ("BASE_URL", "ftp://sign.example.org"),
    ("BASE_URL", "https://"),
    ("BASE_URL", "https://sign.example.org/petitions"),
    ("BASE_URL", "https://sign.example.org?x=1"),
    ("BASE_URL", "https://sign.example.org#x"),
    ("BASE_URL", "https://sign.example.org:port"),
    ("BASE_URL", "https://[sign"),
    ("SITE_NAME", "Two\nlines"),
    ("SITE_NAME", "x" * 61),
    ("SITE_LOGO", "/nowhere/logo.png"),
    ("SITE_LOGO", "/etc/hostname"),
    ("SITE_COLOUR", "red"),
    ("SITE_FEDIVERSE", "library"),
    ("SITE_CONTACT", "somebody"),
    ("SITE_ABOUT", "x" * 4001),
    ("SITE_TERMS", "x" * 20_001),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", SECRET_KEY[:31]),
    ("SECRET_KEY", "k" * 64),
    ("SECRET_KEY", "please-change-me-before-you-go-live"),
    ("SECRET_KEY_FALLBACKS", f"{OLD_KEY},short"),
    ("LOG_KEY", "7" * 63),
    ("LOG_KEY", "g" * 64),
    ("WITNESSES", "https://watch.example.org"),
    ("WITNESSES", "watch.example.org+1234abcd+BBBB https://watch.example.org"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "yes"),
    ("TRUSTED_PROXIES", "11"),
    ("WEB_PROCESSES", "-1"),
    ("WEB_THREADS", "0"),
    ("MAIL_CONNECTIONS", "0"),
    ("MAIL_CONNECTIONS", "101"),
    ("METRICS_PORT", "70000"),
    ("MAILBOX_LIMIT", "0"),
    ("MAILBOX_LIMIT_PER_CAMPAIGN", "0"),
    ("MAIL_PER_MINUTE", "-1"),
    ("MAIL_FROM_NAME", "the organiser"),
    ("MAIL_URL", "smtp://user:gr%C3%BCn@mail.example.org"),
    ("MAILBOX_WINDOW_HOURS", "0"),
    ("MAILBOX_LIMIT_PER_CAMPAIGN", "0"),
    ("MAIL_PER_MINUTE", "-1"),
    ("MAIL_FROM_NAME", "me"),
    ("CHECK_MAIL_DOMAINS", "perhaps"),
    ("MAIL_REMINDERS", "perhaps"),
    ("METRICS_PORT", "65536"),
    ("LOG_LEVEL", "LOUD"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_refused_in_one_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if name != "MAIL_URL":
        monkeypatch.setenv("MAIL_URL", "smtp://mail.example.org")
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingsError) as refused:
        load_settings()
    line = str(refused.value)
    assert line.startswith(f"{name}: ")
    assert line.isprintable()
    if name.startswith("SECRET"):
        assert value not in line


def test_every_setting_that_is_checked_is_refused_somewhere_above() -> None:
    unchecked = {"DATA_DIR", "HOST", "METRICS_HOST"}
    assert {name for name, _ in WRONG} | unchecked == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    "given",
    [
        {"host": "0.0.0.0"},
        {"host": "::"},
        {"host": "192.0.2.1"},
        {"host": "sign.example.org"},
        {"base_url": "https://sign.example.org"},
        {"base_url": "http://192.0.2.1:8000"},
    ],
)
def test_the_development_mailbox_is_refused_where_others_can_reach_it(tmp_path: Path, given: dict[str, str]) -> None:
    line = refusal(tmp_path, **given)
    assert line.startswith("MAIL_URL: ")
    assert line.isprintable()
    assert settings(tmp_path, **given, mail_url="smtp://mail.example.org").development_mailbox is None


@pytest.mark.parametrize(
    "given",
    [
        {"host": "127.0.0.1"},
        {"host": "localhost"},
        {"host": "::1"},
        {"host": "127.8.8.8", "base_url": "http://localhost:9000"},
        {"base_url": "http://[::1]:8000"},
    ],
)
def test_the_development_mailbox_is_there_on_this_machine_alone(tmp_path: Path, given: dict[str, str]) -> None:
    assert settings(tmp_path, **given).development_mailbox == tmp_path / "mailbox"


def test_the_secret_key_is_read_from_where_up_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(KEY + "\n")
    assert settings(tmp_path).secret_key.get_secret_value() == KEY
    require_secret(settings(tmp_path))


def test_a_secret_key_that_is_set_wins_over_the_one_kept(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(OLD_KEY)
    assert settings(tmp_path, secret_key=KEY).secret_key.get_secret_value() == KEY


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n", b"\xff\xfe\x00"])
def test_a_damaged_file_with_the_secret_key_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """Going on with it would end every link mailed so far, and sign new ones with next to nothing."""
    (tmp_path / "secret_key").write_bytes(content)
    line = refusal(tmp_path)
    assert line.startswith("SECRET_KEY: ")
    assert str(tmp_path / "secret_key") in line
    assert "short\n" not in line


def test_without_a_secret_key_nothing_that_signs_is_started(tmp_path: Path) -> None:
    bare = settings(tmp_path)
    with pytest.raises(InvalidSettingsError, match=r"^SECRET_KEY: is required"):
        require_secret(bare)
    runtime = make_runtime(bare, max_connections=1)
    with pytest.raises(InvalidSettingsError, match=r"^SECRET_KEY: "):
        _ = runtime.tokens
    runtime.close()


def test_every_setting_can_be_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert settings(tmp_path).secret_key.get_secret_value() == KEY
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert refusal(tmp_path) == "SECRET_KEY_FILE: SECRET_KEY is set, too; leave one of them out"
    monkeypatch.delenv("SECRET_KEY")
    (tmp_path / "key").write_bytes(b"\xff" * 40)
    assert refusal(tmp_path) == f"SECRET_KEY_FILE: {tmp_path}/key cannot be read (it is not text)"
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "none"))
    assert refusal(tmp_path) == f"SECRET_KEY_FILE: {tmp_path}/none cannot be read (No such file or directory)"


def test_fallbacks_are_a_list_with_commas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f" {OLD_KEY} ,{'p' * 40},")
    found = settings(tmp_path, secret_key=KEY)
    assert [key.get_secret_value() for key in found.secret_key_fallbacks] == [OLD_KEY, "p" * 40]


def test_links_signed_with_a_fallback_still_work(tmp_path: Path) -> None:
    mailed = SignedTokens(OLD_KEY, [], "https://sign.example.org").manage_token(7, "key")
    runtime = make_runtime(settings(tmp_path, secret_key=KEY, secret_key_fallbacks=OLD_KEY), max_connections=1)
    assert runtime.tokens.read_manage(mailed) == (7, "key")
    assert runtime.tokens.manage_token(7, "key") != mailed
    runtime.close()


@pytest.mark.parametrize("show", [repr, str, lambda found: str(found.model_dump())])
def test_secrets_are_not_shown_by_accident(tmp_path: Path, show: Callable[[Settings], str]) -> None:
    shown = show(settings(tmp_path, secret_key=KEY, secret_key_fallbacks=OLD_KEY))
    assert KEY not in shown
    assert OLD_KEY not in shown


def test_a_role_of_its_own_needs_a_redis_to_share(tmp_path: Path) -> None:
    alone = settings(tmp_path)
    with pytest.raises(InvalidSettingsError, match=r"^REDIS_URL: is required"):
        require_redis(alone)
    require_redis(settings(tmp_path, redis_url="redis://localhost:6379"))
    (tmp_path / "redis.sock").touch()
    if alone.own_redis_socket == tmp_path / "redis.sock":
        require_redis(alone)


def test_a_folder_with_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    long = settings(tmp_path, data_dir=tmp_path / ("d" * MAX_SOCKET_PATH_BYTES))
    other = settings(tmp_path, data_dir=tmp_path / ("e" * MAX_SOCKET_PATH_BYTES))
    assert len(str(long.own_redis_socket)) <= MAX_SOCKET_PATH_BYTES
    assert long.own_redis_socket != other.own_redis_socket
    assert long.own_redis_socket == settings(tmp_path, data_dir=long.data_dir).own_redis_socket


def test_reading_settings_makes_nothing(tmp_path: Path) -> None:
    make_runtime(settings(tmp_path / "new", data_dir=tmp_path / "new", database_url=f"sqlite:///{tmp_path}/x.sqlite3")).close()
    assert list(tmp_path.iterdir()) == []
    assert stat.S_ISDIR(tmp_path.stat().st_mode)


def test_commands_know_the_address_of_the_site_that_runs_in_their_folder(tmp_path: Path) -> None:
    def base_url(**given: object) -> str:
        return load_settings(_env_file=None, data_dir=tmp_path, **given).base_url

    assert base_url() == "http://127.0.0.1:8000"
    # Of a process that lives, as `countersign up` writes it.
    (tmp_path / ADDRESS_FILE).write_text(f"{os.getppid()} http://127.0.0.1:8001\n")
    assert base_url() == "http://127.0.0.1:8001"
    assert base_url(port=9000) == "http://127.0.0.1:9000"
    assert base_url(base_url="https://sign.example.org", mail_url="smtp://127.0.0.1") == "https://sign.example.org"
    for left_behind in ("999999999 http://127.0.0.1:8001\n", "x", "", "\x00"):
        (tmp_path / ADDRESS_FILE).write_text(left_behind)
        assert base_url() == "http://127.0.0.1:8000"


def test_settings_come_back_from_a_file_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a backup writes of settings is read as `.env` is, whatever stands in them."""
    given = {
        "SITE_NAME": 'Ann\'s "place" # one \\ $HOME',
        "SITE_TERMS": "## Terms\n\nOne \"person\", one #signature; it's ${HOME} ${X:-y} $${A}.\n\\n \\' end\\",
        "PLACES_URL": "off",
        "MAIL_REMINDERS": "False",
        "SECRET_KEY_FALLBACKS": f"{OLD_KEY},another older key # of 32 characters",
        "MAIL_URL": "smtp://user:p%20w@mail.example.org:587?starttls=1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    before = load_settings(_env_file=None, data_dir=tmp_path)
    assert {name: environment_value(before, name.lower()) for name in given} == given
    (tmp_path / "restored.env").write_text(env_file_text(given))
    for name in given:
        monkeypatch.delenv(name)
    after = load_settings(_env_file=tmp_path / "restored.env", data_dir=tmp_path)
    assert after == before
