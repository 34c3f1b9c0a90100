"""Values that documents promise: durations, limits, cookies, languages, make targets; against the code."""

import re
from datetime import timedelta

import pytest

from campaign.cli.backup import MIN_PASSPHRASE_LENGTH
from campaign.cli.processes import DRAIN_TIMEOUT_SECONDS
from campaign.cli.supervisor import STOP_TIMEOUT_SECONDS
from campaign.cli.web_process import CONNECTIONS_FOR_CACHED_PAGES
from campaign.config import Settings
from campaign.domain.accounts.password import MIN_PASSWORD_LENGTH
from campaign.domain.log.witness import MAX_WITNESSES
from campaign.domain.mail.kinds import INVITATION_LIFETIME
from campaign.domain.moderation.holding import HOLD_LIFETIME
from campaign.domain.paper.columns import MAX_HEADER_ROWS
from campaign.domain.places.suppression import MIN_SHOWN
from campaign.domain.privacy.complaint import CLOSED_COMPLAINT_RETENTION_DAYS
from campaign.domain.privacy.retention import (
    ANNOUNCED_BEFORE,
    INVITATION_RETENTION,
    UNUSED_ACCOUNT_RETENTION,
    WITHDRAWN_RETENTION,
)
from campaign.domain.submissions.sample import MIN_SEED_LENGTH
from campaign.formats.table_read import MAX_FILE_BYTES, MAX_FILE_ROWS
from campaign.formats.xlsx_write import MAX_SHEET_ROWS
from campaign.jobs import QUEUES
from campaign.languages import BUNDLED_LANGUAGES, ENGLISH, native_name
from campaign.security.tokens import FLASH_COOKIE_SECONDS, KNOWN_BROWSER_COOKIE_SECONDS, THANKS_COOKIE_SECONDS
from campaign.services.exports.build import LEASE as EXPORT_LEASE
from campaign.services.exports.request import FILE_LIFETIME, MAX_FILES_PER_CAMPAIGNER, MAX_UNFINISHED_PER_CAMPAIGNER
from campaign.services.exports.samples import MAX_SAMPLES
from campaign.services.paper.list_uploads import MAX_ROWS
from campaign.services.signatures.activity import MAX_COMMENTS_SHOWN, MAX_SUPPORTERS_SHOWN
from campaign.services.signatures.sharing import MAX_REFERRALS_COUNTED
from campaign.services.site.diagnosis.run import CHECK_SECONDS
from campaign.services.site.health import MAIL_OVERDUE_AFTER
from campaign.store.redis.encrypted_searches import SEARCH_LIFETIME_SECONDS
from campaign.store.redis.passkey_challenges import CHALLENGE_LIFETIME_SECONDS
from campaign.store.redis.pending_logins import PENDING_LOGIN_LIFETIME_SECONDS
from campaign.store.redis.sessions import IDLE_TIMEOUT, MAX_LIFETIME
from campaign.web.desk.paper_upload import MAX_FILE_BYTES as MAX_UPLOAD_BYTES
from campaign.web.public.cookies import SIGNED_COOKIE_SECONDS
from tests.docs import project_files
from workers.mail_results import MAX_TOGETHER
from workers.roles import MAX_MAIL_CONNECTIONS, ROLE_CONNECTIONS

_WORDS = {3: "three", 5: "five", 6: "six", 7: "seven", 8: "eight", 10: "ten", 14: "fourteen", 20: "twenty", 30: "thirty"}
_WEB_CONNECTIONS = Settings.model_fields["web_threads"].default + CONNECTIONS_FOR_CACHED_PAGES
_MAIL_WORKER_CONNECTIONS = ROLE_CONNECTIONS + MAX_MAIL_CONNECTIONS - 1

PROMISES = {
    "docs/privacy-and-data.md": [
        f"{WITHDRAWN_RETENTION.days} days after it was withdrawn",
        f"{INVITATION_RETENTION.days} days after it expired (which is {INVITATION_LIFETIME.days} days after it was sent)",
        f"{UNUSED_ACCOUNT_RETENTION.days} days after their last link has expired",
        f"The team is told {ANNOUNCED_BEFORE.days} days ahead",
        f"the newest {_WORDS[MAX_SUPPORTERS_SHOWN]} verified supporters",
        f"The newest {_WORDS[MAX_COMMENTS_SHOWN]} comments",
        f"past {MAX_REFERRALS_COUNTED:,} only",
        f"by constituency and region from {_WORDS[MIN_SHOWN]} signatures on",
        f"{IDLE_TIMEOUT // timedelta(hours=1)} hours after its last use, a week at most",
        f"sent to `/v/` only) | {SIGNED_COOKIE_SECONDS // 3600} hours |",
        f"are not its own | {KNOWN_BROWSER_COOKIE_SECONDS // 86_400} days |",
        f"`/desk` only) | {CHALLENGE_LIFETIME_SECONDS // 60} minutes |",
        f"for {FILE_LIFETIME.days} days, or until they are deleted",
    ],
    "docs/handing-in.md": [
        f"Files are kept for {FILE_LIFETIME.days} days",
        f"{_WORDS[MAX_UNFINISHED_PER_CAMPAIGNER].capitalize()} can be in the making at once",
        f"{_WORDS[MAX_FILES_PER_CAMPAIGNER]} are kept",
        f"{_WORDS[MAX_SAMPLES].capitalize()} samples can be drawn",
        f"at least {MIN_SEED_LENGTH} characters",
        f"after {MAX_SHEET_ROWS:,} rows",
        f"up to {MAX_UPLOAD_BYTES // 1_000_000} MB and {MAX_ROWS:,} rows",
        f"up to {MAX_FILE_BYTES // 1_000_000} MB and {MAX_FILE_ROWS:,} rows",
        f"in the first {_WORDS[MAX_HEADER_ROWS]} rows",
        f"No number below {_WORDS[MIN_SHOWN]} is told in public",
    ],
    "docs/operations.md": [
        f"No check takes longer than {CHECK_SECONDS:g} seconds",
        f"kept in the database for {FILE_LIFETIME.days} days",
        f"more\nthan {_WORDS[MAIL_OVERDUE_AFTER // timedelta(minutes=1)]} minutes is a fault",
        f"(up to {DRAIN_TIMEOUT_SECONDS} seconds)",
        f"up to {STOP_TIMEOUT_SECONDS} seconds, then it is killed: at most {_WORDS[MAX_TOGETHER - 1]} mails",
        f"({MIN_PASSPHRASE_LENGTH}\ncharacters or more",
        f"`WEB_THREADS` + {CONNECTIONS_FOR_CACHED_PAGES} ({_WEB_CONNECTIONS}) for transactions",
        f"each clock and each worker process {ROLE_CONNECTIONS} ",
        f"that of mail {_MAIL_WORKER_CONNECTIONS};",
        f"over all machines {2 * _WEB_CONNECTIONS}\n",
        f"{2 * ((len(QUEUES) - 1) * ROLE_CONNECTIONS + _MAIL_WORKER_CONNECTIONS)} for each worker service",
        f"{2 * ROLE_CONNECTIONS} for each clock",
    ],
    "docs/campaign.toml": [f"The pages speak {', '.join(sorted(BUNDLED_LANGUAGES.codes))};"],
    "docs/reference.md": [f"{MAX_WITNESSES} at most"],
    "docs/decisions/counting-witnesses.md": [f"At most {MAX_WITNESSES} witnesses"],
}
# What is promised in words that have no number in them.
_AN_HOUR, _FIVE_MINUTES, _MINUTE = 3600, 300, 60


@pytest.mark.parametrize("page", PROMISES)
def test_the_numbers_a_page_promises_are_those_of_the_code(page: str) -> None:
    words = project_files.read_text(page)
    assert [promise for promise in PROMISES[page] if promise not in words] == []


def test_durations_that_are_promised_in_words_are_those_of_the_code() -> None:
    assert THANKS_COOKIE_SECONDS == SEARCH_LIFETIME_SECONDS == _AN_HOUR
    assert CHALLENGE_LIFETIME_SECONDS == PENDING_LOGIN_LIFETIME_SECONDS == _FIVE_MINUTES
    assert FLASH_COOKIE_SECONDS == _MINUTE
    assert EXPORT_LEASE.total_seconds() == _MINUTE
    # Of signatures that are held, on the page of their receipt and on that which says how we count.
    assert HOLD_LIFETIME.days == 1
    assert (MAX_LIFETIME.days, CLOSED_COMPLAINT_RETENTION_DAYS) == (7, 365)
    assert MIN_PASSWORD_LENGTH == MIN_PASSPHRASE_LENGTH


def test_the_privacy_page_names_every_cookie() -> None:
    set_by_us = {
        name
        for path in project_files.ROOT.glob("campaign/web/**/*.py")
        for name in re.findall(r'^_?[A-Z_]*COOKIE[A-Z_]* = "(cs_\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = re.findall(r"`(cs_\w+)…?`", project_files.read_text("docs/privacy-and-data.md"))
    assert set(named) == set_by_us
    assert len(set_by_us) >= 8


def test_the_languages_in_translating_are_those_that_have_a_catalogue() -> None:
    page = project_files.read_text("docs/translating.md")
    told = dict(re.findall(r"^\| (\w+) \| `([a-z]{2})` \|", page, re.MULTILINE))
    site = BUNDLED_LANGUAGES
    assert sorted(told.values()) == sorted(set(site.codes) - {ENGLISH.code})
    at_the_desk = re.search(r"have a catalogue of their words besides: ([\w, ]+)\.", page)
    assert at_the_desk is not None
    assert sorted(told[name] for name in re.split(r", | and ", at_the_desk[1])) == sorted(set(site.desk_codes) - {ENGLISH.code})
    # A language has a glossary, which says whether a native speaker has reviewed it.
    for code in told.values():
        assert (project_files.ROOT / "campaign/translations" / code / "GLOSSARY.md").is_file(), native_name(code)


def test_contributing_names_every_target_of_make() -> None:
    table = project_files.read_text("CONTRIBUTING.md").partition("## Commands")[2].partition("## Tests")[0]
    assert set(re.findall(r"^\| `make ([a-z-]+)`", table, re.MULTILINE)) == project_files.make_targets() - {"help"}
