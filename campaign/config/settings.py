"""Settings: every environment variable Countersign reads, read once, refused early in one line that names it."""

from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaign.config.addresses import BaseUrl, DatabaseUrl, PlacesUrl, RedisUrl, TsaUrl, WitnessList, is_loopback
from campaign.config.errors import InvalidSettingsError
from campaign.config.file_values import settings_from_files
from campaign.config.files import own_redis_socket, running_address
from campaign.config.keys import LogKey, SecretKey, SecretKeys, WebhookSecret, kept_log_key, kept_secret_key
from campaign.config.mail import BounceAddress, BounceUrl, MailboxRulesText, MailUrl, SenderText
from campaign.config.site import Colour, Contact, FediverseAccount, LogLevel, Logo, SiteName
from campaign.domain.common.mailbox_rules import AddressRules, read_mailbox_rules
from campaign.domain.log.witness import Witness, read_witnesses
from campaign.domain.mail.sender import Sender, default_sender, read_sender


class Settings(BaseSettings):
    """Settings, as the environment (or `.env`) says. The descriptions are the table of docs/reference.md."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    data_dir: Path = Field(Path("var"), description="everything that must survive lives here or in the servers below")
    database_url: DatabaseUrl = Field("", description="`postgresql+psycopg://…`; unset: SQLite in `DATA_DIR`")
    redis_url: RedisUrl = Field(
        "",
        description="Redis 6.2 or newer, or Valkey: `redis://…`, `rediss://…`, `unix://…`; unset: its own in `DATA_DIR`",
    )
    site_name: SiteName = Field(
        "", max_length=60, description="what the site is called, on every page, mail and card; unset: the host of `BASE_URL`"
    )
    site_logo: Logo = Field(
        None, description="a PNG, SVG or WebP file of at most 50 KB, shown beside the name on every page; unset: none"
    )
    site_colour: Colour = Field("", description="the colour of buttons and links, like `#175676`; a campaign may have its own")
    site_fediverse: FediverseAccount = Field(
        "",
        description="an account like `@library@mastodon.example`, named as the author where a campaign is shared on Mastodon",
    )
    site_contact: Contact = Field(
        "", description="an email address for questions about the site, shown on `/about` and in `security.txt`"
    )
    site_about: str = Field("", max_length=4000, description="who runs the site and why, in Markdown, shown on `/about`")
    site_terms: str = Field(
        "", max_length=20_000, description="the terms of using the site, in Markdown, shown on `/terms`; unset: no such page"
    )
    mail_url: MailUrl = Field(
        "",
        description="`smtp://user:pw@host:port`, `smtps://…`, `?starttls=1`; by HTTP API: `postmark://TOKEN`, "
        "`mailgun://KEY@DOMAIN?region=eu`, `sendgrid://KEY`, `brevo://KEY`, `resend://KEY`, `ses://KEY:SECRET@REGION`; "
        "unset: the development mailbox",
    )
    mail_from: SenderText = Field(
        "",
        description="the sender of every mail, `address` or `any name <address>`; unset: `no-reply@` the host of `BASE_URL`",
    )
    mail_webhook_secret: WebhookSecret = Field(
        SecretStr(""),
        description="what the provider proves its events by (`POST /mail/events/<provider>`): a signing key, a password, or "
        "the topic's ARN of Amazon SNS; unset: events are not taken",
    )
    bounce_url: BounceUrl = Field(
        SecretStr(""), description="`imaps://user:pw@host/INBOX`: the mailbox where bounces of plain SMTP arrive"
    )
    bounce_address: BounceAddress = Field(
        "",
        description="the envelope's sender, which bounces go to; `bounces+@example.org` gives each mail an address of its own "
        "(VERP); unset: the address of `MAIL_FROM`",
    )
    mail_connections: int = Field(
        4, ge=1, le=100, description="connections to the mail server each mail worker opens at most; fewer where it says 421"
    )
    mail_from_name: Literal["site", "campaign", "organiser"] = Field(
        "site",
        description="whose name stands before the sender's address in mails to signatories: `site`, as `MAIL_FROM` has it, "
        "`campaign`, its title, or `organiser`, who is behind it, where that is said; the address is the same",
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
    base_url: BaseUrl = Field("", description="the address people see, in mails and links; unset: `http://127.0.0.1:$PORT`")
    host: str = Field("127.0.0.1", description="the address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="the port the web server listens on")
    secret_key: SecretKey = Field(
        SecretStr(""),
        description="signs every mailed link, 32 random characters or more; unset: made once by `up` and kept in `DATA_DIR`",
    )
    secret_key_fallbacks: SecretKeys = Field((), description="older keys, separated by commas, whose links still work")
    log_key: LogKey = Field(
        SecretStr(""),
        description="signs the public log of the count, 64 hexadecimal digits; unset: made once by `up` and kept in `DATA_DIR`",
    )
    witnesses: WitnessList = Field(
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
    mailbox_rules: MailboxRulesText = Field(
        "",
        description="how more mail domains read an address, so that one mailbox counts once, as in "
        "`firm.example ignore=. tag=-; firma.example same=firm.example`; Gmail, Proton, iCloud and tags behind `+` are known. "
        "Holds for addresses typed from then on",
    )
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
    tsa_url: TsaUrl = Field(
        "",
        description="a time-stamp authority (RFC 3161) that stamps the manifest of each pack, in the worker; empty: none does",
    )
    places_url: PlacesUrl = Field(
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
    log_level: LogLevel = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

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
            fill(self, "secret_key", kept_secret_key(self.data_dir))
        if not self.log_key.get_secret_value():
            fill(self, "log_key", kept_log_key(self.data_dir))
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
    def address_rules(self) -> AddressRules:
        """MAILBOX_RULES, read; addresses at `.test` are taken where mail goes to the development mailbox."""
        return AddressRules(read_mailbox_rules(self.mailbox_rules), takes_test_domains=self.development_mailbox is not None)

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


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over the environment. Raises InvalidSettingsError with one line."""
    try:
        return Settings(**(settings_from_files(Settings.model_fields) | overrides))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise InvalidSettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
