"""Settings: every environment variable Countersign reads, read once, refused early in one line that names it."""

import hashlib
import ipaddress
import os
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from campaign.domain.campaigns.colour import read_accent
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.secret_strength import secret_weakness
from campaign.domain.log.note import InvalidNoteError
from campaign.domain.log.witness import Witness, read_witnesses
from campaign.domain.mail.mail_url import read_bounce_url, read_mail_url
from campaign.domain.mail.sender import Sender, ascii_host, default_sender, read_sender, readable_host

_PACKAGE = Path(__file__).parent
TEMPLATES = next(path for path in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if path.is_dir())
"""The folder of the templates: inside the package once it is built into a wheel, beside it in a clone."""
SECRET_KEY_FILE = "secret_key"  # noqa: S105 - the name of a file
LOG_KEY_FILE = "log_key"
ADDRESS_FILE = "address"
"""In DATA_DIR while `countersign up` runs there: its process id, and the address of the site."""
MIN_WEBHOOK_SECRET_LENGTH = 16
"""Characters; providers' own keys are longer."""
MIN_SECRET_LENGTH = 32
"""Characters; 32 hexadecimal digits are the 128 bits a forged link would have to guess."""


LOGO_SUFFIXES = (".png", ".svg", ".webp")
MAX_LOGO_BYTES = 50_000
_LOG_KEY = re.compile("[0-9a-fA-F]{64}")
_POSTGRES = re.compile(r"postgresql\+psycopg://(?:.*@)?(?:\[[^\]]*\]|[^:/?@]*)(?::\d+)?(?:[/?].*)?")

MAX_SOCKET_PATH_BYTES = 100
"""Octets; the system takes 107 on Linux and 103 on macOS."""


class InvalidSettingsError(Exception):
    """A setting is wrong or missing; `str()` is one line that names it and says what to do."""


class Settings(BaseSettings):
    """What the environment (or `.env`) says. The descriptions are the table of docs/reference.md."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    data_dir: Path = Field(Path("var"), description="everything that must survive lives here or in the servers below")
    database_url: str = Field("", description="`postgresql+psycopg://…`; unset: SQLite in `DATA_DIR`")
    redis_url: str = Field(
        "",
        description="Redis 6.2 or newer, or Valkey: `redis://…`, `rediss://…`, `unix://…`; unset: its own in `DATA_DIR`",
    )
    site_name: str = Field(
        "", max_length=60, description="what the site is called, on every page, mail and card; unset: the host of `BASE_URL`"
    )
    site_logo: Path | None = Field(
        None, description="a PNG, SVG or WebP file of at most 50 KB, shown beside the name on every page; unset: none"
    )
    site_colour: str = Field("", description="the colour of buttons and links, like `#175676`; a campaign may have its own")
    site_fediverse: str = Field(
        "",
        description="an account like `@library@mastodon.example`, named as the author where a campaign is shared on Mastodon",
    )
    site_contact: str = Field(
        "", description="an email address for questions about the site, shown on `/about` and in `security.txt`"
    )
    site_about: str = Field("", max_length=4000, description="who runs the site and why, in Markdown, shown on `/about`")
    mail_url: str = Field(
        "",
        description="`smtp://user:pw@host:port`, `smtps://…`, `?starttls=1`; by HTTP API: `postmark://TOKEN`, "
        "`mailgun://KEY@DOMAIN?region=eu`, `sendgrid://KEY`, `brevo://KEY`, `resend://KEY`, `ses://KEY:SECRET@REGION`; "
        "unset: the development mailbox",
    )
    mail_from: str = Field(
        "",
        description="the sender of every mail, `address` or `any name <address>`; unset: `no-reply@` the host of `BASE_URL`",
    )
    mail_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="what the provider proves its events by (`POST /mail/events/<provider>`): a signing key, a password, or "
        "the topic's ARN of Amazon SNS; unset: events are not taken",
    )
    bounce_url: SecretStr = Field(
        SecretStr(""), description="`imaps://user:pw@host/INBOX`: the mailbox where bounces of plain SMTP arrive"
    )
    bounce_address: str = Field(
        "",
        description="the envelope's sender, which bounces go to; `bounces+@example.org` gives each mail an address of its own "
        "(VERP); unset: the address of `MAIL_FROM`",
    )
    mail_connections: int = Field(
        4, ge=1, le=100, description="connections to the mail server each mail worker opens at most; fewer where it says 421"
    )
    mail_from_name: Literal["site", "campaign"] = Field(
        "site",
        description="whose name stands before the sender's address in mails to signatories: `site`, as `MAIL_FROM` has it, or "
        "`campaign`, its title; the address is the same",
    )
    mail_per_minute: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="the most mails a minute, over all workers, where the mail server wants a bound; 0: none",
    )
    update_mails_per_week: int = Field(
        2, ge=0, le=100, description="updates a campaign may mail in a week to those who asked for them; 0: none"
    )
    base_url: str = Field("", description="the address people see, in mails and links; unset: `http://127.0.0.1:$PORT`")
    host: str = Field("127.0.0.1", description="the address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="the port the web server listens on")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="signs every mailed link, 32 random characters or more; unset: made once by `up` and kept in `DATA_DIR`",
    )
    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="older keys, separated by commas, whose links still work"
    )
    log_key: SecretStr = Field(
        SecretStr(""),
        description="signs the public log of the count, 64 hexadecimal digits; unset: made once by `up` and kept in `DATA_DIR`",
    )
    witnesses: str = Field(
        "",
        description="who watches the public log: verifier key and address of each witness (C2SP tlog-witness), as in "
        "`watch.example.org+1234abcd+B… https://watch.example.org`, separated by commas, 15 at most; unset: nobody",
    )
    trusted_proxies: int = Field(0, ge=0, le=10, description="how many proxies in front may set X-Forwarded-* headers")
    web_processes: int = Field(
        0, ge=0, le=256, description="web processes on this machine; 0: one for each two processors, at most 4"
    )
    web_threads: int = Field(
        4,
        ge=1,
        le=256,
        description="requests with the database each web process answers at once, and as many from memory beside them",
    )
    mailbox_limit: int = Field(
        10,
        ge=1,
        le=1000,
        description="mails strangers can cause to one mailbox in the window below, over all campaigns",
    )
    mailbox_limit_per_campaign: int = Field(
        5, ge=1, le=1000, description="the same about one campaign; its first mail is always owed"
    )
    mailbox_window_hours: int = Field(24, ge=1, le=720, description="the length of that window")
    mail_reminders: bool = Field(
        True,
        description="remind who has not confirmed, after a day and a day before the deadline; campaigns can opt out",
    )
    check_mail_domains: bool = Field(
        False, description="ask DNS, in the worker, whether a mail domain exists before writing to it"
    )
    retention_months: int = Field(
        12,
        ge=1,
        le=120,
        description="months after its deadline that a campaign keeps personal data, where it chooses none",
    )
    retention_months_max: int = Field(24, ge=1, le=120, description="the most months that a campaign can choose")
    tsa_url: str = Field(
        "",
        description="a time-stamp authority (RFC 3161) that stamps the manifest of each pack, in the worker; empty: none does",
    )
    places_url: str = Field(
        "https://api.postcodes.io",
        description="where British postcodes are looked up, in the worker: postcodes.io or a copy of it; `off`: nowhere",
    )
    places_timeout: float = Field(5.0, ge=0.1, le=60, description="seconds one answer of it may take")
    places_retries: int = Field(2, ge=0, le=5, description="further attempts at once where it does not answer")
    places_batch: int = Field(100, ge=1, le=100, description="postcodes in one question to it")
    places_cache_days: int = Field(
        30, ge=1, le=3650, description="days its answers are kept; a postcode is asked for again after that"
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="the port on which the clock serves `/metrics` for Prometheus; 0: none"
    )
    metrics_host: str = Field(
        "127.0.0.1", description="the address it listens on; the numbers are nobody's secret, but not the public's either"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("secret_key", "secret_key_fallbacks")
    @classmethod
    def _long_enough(cls, value: SecretStr | tuple[SecretStr, ...]) -> SecretStr | tuple[SecretStr, ...]:
        for secret in value if isinstance(value, tuple) else (value,):
            if 0 < len(secret.get_secret_value()) < MIN_SECRET_LENGTH:
                raise ValueError(f"must have {MIN_SECRET_LENGTH} characters or more; `openssl rand -hex 32` makes one")
        return value

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        # Not of the fallbacks: what a weak key has signed must open until the last of its links is forgotten.
        if weakness := secret_weakness(value.get_secret_value()):
            raise ValueError(
                f"can be guessed, since it {weakness}; `openssl rand -hex 32` makes one, and SECRET_KEY_FALLBACKS keeps the "
                "links that this one has signed"
            )
        return value

    @field_validator("log_key")
    @classmethod
    def _hexadecimal(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _LOG_KEY.fullmatch(value.get_secret_value()):
            raise ValueError("must be 64 hexadecimal digits; `openssl rand -hex 32` makes one")
        return value

    @field_validator("witnesses")
    @classmethod
    def _witnesses(cls, value: str) -> str:
        try:
            read_witnesses(value)
        except InvalidNoteError as error:
            raise ValueError(str(error)) from None
        return value.strip()

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql+psycopg://", "postgresql://", "postgres://", "sqlite:///")):
            raise ValueError("must begin with postgresql+psycopg:// (or be unset, for SQLite in DATA_DIR)")
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        if value.startswith("sqlite") and value.removeprefix("sqlite:///") in ("", ":memory:"):
            raise ValueError("must name a file, as in sqlite:////srv/countersign.sqlite3: all our processes share it")
        if value.startswith("postgresql") and not _POSTGRES.fullmatch(value):
            raise ValueError("must be postgresql+psycopg://user:password@host:port/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        _ = urlsplit(value).port  # raises ValueError with its own words for a port that is none
        return value

    @field_validator("mail_url")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value:
            read_mail_url(value)
        return value.rstrip("/")

    @field_validator("mail_webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_WEBHOOK_SECRET_LENGTH:
            raise ValueError(f"must have {MIN_WEBHOOK_SECRET_LENGTH} characters or more")
        return value

    @field_validator("bounce_url")
    @classmethod
    def _bounces(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            read_bounce_url(value.get_secret_value())
        return value

    @field_validator("bounce_address")
    @classmethod
    def _bounce_sender(cls, value: str) -> str:
        if value and read_sender(value).name:
            raise ValueError("must be an address alone, as in bounces@example.org or bounces+@example.org")
        return value

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be http:// or https:// and a host, as in https://sign.example.org")
        _ = parts.port
        if parts.path.rstrip("/"):
            raise ValueError("must not have a path; give the campaign site a host of its own")
        if parts.hostname and not parts.hostname.isascii():
            # Browsers and mail programs know an international host by its labels in ASCII (IDNA).
            parts = parts._replace(netloc=parts.netloc.lower().replace(parts.hostname, ascii_host(parts.hostname)))
            value = parts.geturl()
        return value.rstrip("/")

    @field_validator("site_name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("must be one line that can be read")
        return value.strip()

    @field_validator("site_colour")
    @classmethod
    def _colour(cls, value: str) -> str:
        try:
            return read_accent(value)
        except InvalidInputError as refused:
            raise ValueError(str(refused)) from None

    @field_validator("site_fediverse")
    @classmethod
    def _fediverse(cls, value: str) -> str:
        account = value.strip()
        if account and not re.fullmatch(r"@[A-Za-z0-9_.-]{1,64}@[A-Za-z0-9.-]{1,253}", account):
            raise ValueError("must be an account like @library@mastodon.example")
        return account

    @field_validator("site_contact")
    @classmethod
    def _contact(cls, value: str) -> str:
        try:
            return read_email_address(value).typed if value else ""
        except InvalidInputError:
            raise ValueError("must be an email address, as in hello@example.org") from None

    @field_validator("site_logo")
    @classmethod
    def _logo(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if value.suffix.lower() not in LOGO_SUFFIXES or not value.is_file() or value.stat().st_size > MAX_LOGO_BYTES:
            raise ValueError("must be a PNG, SVG or WebP file of 50 KB at most")
        return value

    @field_validator("tsa_url")
    @classmethod
    def _tsa(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment):
            raise ValueError("must be http:// or https:// and a host, as in https://freetsa.org/tsr")
        _ = parts.port
        return value

    @field_validator("places_url")
    @classmethod
    def _places(cls, value: str) -> str:
        if value in ("", "off"):
            return ""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be http:// or https:// and a host, as in https://api.postcodes.io, or off")
        _ = parts.port
        return value.rstrip("/")

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value:
            read_sender(value)
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _fill(self) -> Self:
        # Frozen for everybody else; here the object is still being made.
        fill = object.__setattr__
        fill(self, "data_dir", self.data_dir.expanduser().absolute())
        if not self.base_url:
            running = "" if "port" in self.model_fields_set else running_address(self.data_dir)
            fill(self, "base_url", running or f"http://127.0.0.1:{self.port}")
        if not self.mail_from:
            host = urlsplit(self.base_url).hostname or "localhost"
            fill(self, "mail_from", default_sender("localhost" if is_loopback(host) else host).address)
        if not self.database_url:
            fill(self, "database_url", f"sqlite:///{self.data_dir / 'countersign.sqlite3'}")
        if not self.secret_key.get_secret_value():
            kept = self.data_dir / SECRET_KEY_FILE
            if kept.is_file():
                secret = kept.read_text(errors="replace").strip()
                if len(secret) < MIN_SECRET_LENGTH:
                    raise InvalidSettingsError(
                        f"SECRET_KEY: the one kept in {kept} is too short; put it back from a copy, or remove the file"
                    )
                fill(self, "secret_key", SecretStr(secret))
        if not self.log_key.get_secret_value():
            kept = self.data_dir / LOG_KEY_FILE
            if kept.is_file():
                secret = kept.read_text(errors="replace").strip()
                if not _LOG_KEY.fullmatch(secret):
                    raise InvalidSettingsError(
                        f"LOG_KEY: the one kept in {kept} is damaged; put it back from a copy: with a new one, everybody who "
                        "watches the count is told that the key has changed"
                    )
                fill(self, "log_key", SecretStr(secret))
        if not self.mail_url and not (is_loopback(self.host) and is_loopback(urlsplit(self.base_url).hostname or "")):
            raise InvalidSettingsError(
                "MAIL_URL: is not set, and the development mailbox shows every mail to whoever can reach this machine; "
                "set MAIL_URL, or keep HOST and BASE_URL at 127.0.0.1"
            )
        return self

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.database_url.startswith("sqlite")

    @property
    def sender(self) -> Sender:
        """MAIL_FROM as headers and envelopes take it."""
        return read_sender(self.mail_from)

    @property
    def log_witnesses(self) -> tuple[Witness, ...]:
        """WITNESSES, read."""
        return read_witnesses(self.witnesses)

    @property
    def envelope_address(self) -> str:
        """BOUNCE_ADDRESS, else that of MAIL_FROM, in ASCII."""
        return read_sender(self.bounce_address).address if self.bounce_address else self.sender.address

    @property
    def own_redis_socket(self) -> Path:
        """Where the Redis that `up` starts for itself listens."""
        return own_redis_socket(self.data_dir)

    @property
    def development_mailbox(self) -> Path | None:
        """The Maildir mails go to where no MAIL_URL is set; None where it is."""
        return None if self.mail_url else self.data_dir / "mailbox"


def running_address(data_dir: Path) -> str:
    """The address of the site that `countersign up` runs in a folder; "" where it does not."""
    try:
        pid, _, address = (data_dir / ADDRESS_FILE).read_text(errors="replace").strip().partition(" ")
        os.kill(int(pid), 0)
    except (OSError, ValueError):
        return ""
    return address if pid != str(os.getpid()) else ""


def own_redis_socket(data_dir: Path) -> Path:
    """The socket of the Redis kept under `data_dir`: there, or in a private folder of this user where that path is too long."""
    socket = data_dir / "redis.sock"
    if len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES:
        return socket
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"countersign-{os.getuid()}-{name}" / "redis.sock"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `given` wins over the environment. Raises SettingsRefused with one line."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise InvalidSettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None


def site_name(settings: Settings) -> str:
    """Name of the site in its pages and mails: SITE_NAME, else the host people know it by."""
    if settings.site_name:
        return settings.site_name
    host = urlsplit(settings.base_url).hostname or ""
    return "Countersign" if is_loopback(host) else readable_host(host)


def require_secret(settings: Settings) -> None:
    """Refuse to go on without a secret key. Raises SettingsRefused."""
    if not settings.secret_key.get_secret_value():
        raise InvalidSettingsError(
            "SECRET_KEY: is required; `openssl rand -hex 32` makes one, or start with `countersign up`, which keeps its own"
        )


def log_origin(settings: Settings) -> str:
    """The name of the public log: the address of its prefix without the scheme."""
    return settings.base_url.partition("://")[2] + "/log"


def require_log_key(settings: Settings) -> None:
    """Refuse to keep the count without the key of its log. Raises InvalidSettingsError."""
    if not settings.log_key.get_secret_value():
        raise InvalidSettingsError(
            "LOG_KEY: is required; `openssl rand -hex 32` makes one, once for all machines, or start with `countersign up`, "
            "which keeps its own"
        )


def require_redis(settings: Settings) -> None:
    """Refuse to run one role alone without a Redis to share. Raises SettingsRefused."""
    if not settings.redis_url and not settings.own_redis_socket.exists():
        raise InvalidSettingsError("REDIS_URL: is required for a role of its own; `countersign up` starts a Redis of its own")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
