"""Faults of the database, from the form's side: in words, with what was typed, and healed without a restart."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, text
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from campaign.runtime.database import Database
from campaign.store.database.engine import WaitLimits, make_engine
from campaign.web.security_headers import WAITED_KEY
from tests.conftest import on_both_databases
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign
from tests.support.queries import execute_sql
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

SHORT = WaitLimits(lock=0.1, connection=0.1)
FAULTS = [
    "08000", "08003", "08006", "08P01", "25006", "25P03", "40001", "40P01", "42501", "53000",
    "53100", "53200", "53300", "53400",
    "55P03", "57000", "57014", "57P01", "57P02", "57P03", "57P05", "58000", "58030", "XX000", "XX001", "XX002",
]  # fmt: skip
"""Error classes of PostgreSQL (its appendix A) that say something of the server, and nothing of what was asked."""
PUBLIC_POSTS = {
    "/c/<slug>/signatures", "/c/<slug>/check-your-email", "/c/<slug>/complaint", "/v/<token>", "/v/<token>/opened",
    "/s/<token>", "/u/<token>",
}  # fmt: skip
"""Every address of the public side that takes a form."""


@pytest.fixture
def impatient(runtime: Runtime) -> Iterator[Runtime]:
    """A runtime with a database of its own connections, which waits for a tenth of a second."""
    url = runtime.settings.database_url
    runtime.database = Database(url, make_engine(url, 2, limits=SHORT), 2, SHORT)
    yield runtime
    runtime.database.close()


@pytest.fixture
def site(impatient: Runtime) -> Flask:
    return make_app(impatient)


@contextmanager
def locked(url: str, table: str = "signatures") -> Iterator[Connection]:
    """A transaction of somebody else's that lets nobody write a table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield connection
        connection.rollback()
    engine.dispose()


def assert_in_words(answer: TestResponse, *typed: str) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    for value in typed:
        assert value in answer.text


@on_both_databases
def test_every_form_of_the_public_is_kept_while_the_database_is_locked(
    impatient: Runtime, site: Flask, mail: MailServer
) -> None:
    routes = {rule.rule for rule in site.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {rule for rule in routes if not rule.startswith(("/desk", "/dev", "/mail/events"))} == PUBLIC_POSTS
    new_campaign(impatient)
    ada, ben = Signatory(site, mail), Signatory(site, mail, email="ben@example.org", name="Ben Ó Briain")
    ada.sign()
    run_workers(impatient)
    verify, manage = ada.verify_path(), ada.manage_path()
    with impatient.reading() as connection:
        signature_id, link_key = connection.execute(text("SELECT id, link_key FROM signatures")).one()
    unsubscribe = f"/u/{impatient.tokens.unsubscribe_token(signature_id, link_key, 1)}"
    with locked(impatient.settings.database_url):
        answers = {
            "/c/<slug>/signatures": ben.sign(comment="For the <newts>.", updates="1"),
            "/c/<slug>/check-your-email": ada.browser.post(
                "/c/save-the-pond/check-your-email", content_type="application/x-www-form-urlencoded"
            ),
            "/c/<slug>/complaint": ada.browser.post(
                "/c/save-the-pond/complaint", data={"name": "Ada", "email": ada.email, "complaint": "Too much is kept of me."}
            ),
            "/v/<token>": ada.confirm(verify, edition="1"),
            "/v/<token>/opened": ada.browser.post(f"{verify}/opened"),
            "/s/<token>": ada.browser.post(manage, data={"action": "consents", "updates": "1"}),
            "/u/<token>": ada.browser.post(unsubscribe, data={"List-Unsubscribe": "One-Click"}),
        }
    assert answers.keys() == PUBLIC_POSTS
    assert_in_words(answers["/c/<slug>/signatures"], "Ben Ó Briain", "ben@example.org", "For the &lt;newts&gt;.", "still here")
    assert re.search(r'name="updates"[^>]* checked', answers["/c/<slug>/signatures"].text)
    assert_in_words(answers["/c/<slug>/check-your-email"], "Try again")
    assert_in_words(answers["/c/<slug>/complaint"], "Too much is kept of me.", "Try again")
    assert_in_words(answers["/u/<token>"], f'action="{unsubscribe}"', "Try again")
    assert_in_words(answers["/v/<token>"], f'action="{verify}"', 'name="edition" value="1"', "Try again")
    assert_in_words(answers["/v/<token>/opened"])
    assert_in_words(answers["/s/<token>"], f'action="{manage}"', 'name="action" value="consents"', 'name="updates" value="1"')
    # The same again, a moment later.
    assert (ben.sign().status_code, ada.confirm(verify, edition="1").status_code) == (303, 303)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_error_class_of_the_server_is_a_mistake_of_ours(impatient: Runtime, site: Flask, mail: MailServer) -> None:
    new_campaign(impatient)
    engine = create_engine(impatient.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE fault (state text)"))
        connection.execute(text(
            "CREATE FUNCTION raise_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF EXISTS (SELECT FROM fault) THEN RAISE EXCEPTION USING ERRCODE = (SELECT state FROM fault); END IF; "
            "RETURN NEW; END $$"
        ))  # fmt: skip
        connection.execute(text("CREATE TRIGGER fault BEFORE INSERT ON signatures FOR EACH ROW EXECUTE FUNCTION raise_fault()"))
    try:
        with engine.connect() as operator:
            for number, state in enumerate(FAULTS):
                operator.execute(text("INSERT INTO fault VALUES (:state)"), {"state": state})
                ada = Signatory(site, mail, email=f"ada{number}@example.org")
                assert_in_words(ada.sign(), ada.email)
                operator.execute(text("DELETE FROM fault"))
                # Without a restart, at the first attempt.
                assert ada.sign().status_code == 303, state
            # What is our mistake is said to be one.
            operator.execute(text("INSERT INTO fault VALUES ('23502')"))
            assert Signatory(site, mail).sign().status_code == 500
    finally:
        with engine.connect() as operator:
            operator.execute(text("DROP TRIGGER fault ON signatures"))
            operator.execute(text("DROP FUNCTION raise_fault"))
            operator.execute(text("DROP TABLE fault"))
        engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_that_died_before_are_replaced_unseen(impatient: Runtime, site: Flask, mail: MailServer) -> None:
    new_campaign(impatient)
    engine = create_engine(impatient.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as operator:
        for number in range(3):
            assert Signatory(site, mail, email=f"ada{number}@example.org").sign().status_code == 303
            execute_sql(impatient, "SELECT 1")
            # As a restart of the server does it.
            ended = operator.execute(text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND application_name = 'countersign' AND state = 'idle'"
            )).all()  # fmt: skip
            assert len(ended) >= 2
        assert Signatory(site, mail, email="last@example.org").sign().status_code == 303
    engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_failover_to_a_read_only_server_is_noticed_and_healed(impatient: Runtime, site: Flask, mail: MailServer) -> None:
    new_campaign(impatient)
    engine = create_engine(impatient.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as operator:
        name = operator.execute(text("SELECT quote_ident(current_database())")).scalar_one()
        impatient.database.engine.dispose()
        impatient.database.autocommit_engine.dispose()
        operator.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        try:
            ada = Signatory(site, mail)
            assert_in_words(ada.sign(), ada.email)
        finally:
            # A new session reads the setting; the others must be thrown away to see that it is gone.
            operator.execute(text("SET default_transaction_read_only = off"))
            operator.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        assert ada.sign().status_code == 303
    engine.dispose()


SQLITE_FAULTS = {
    "full": ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"),
    "read-only": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", SQLITE_FAULTS)
def test_no_fault_of_sqlite_is_a_mistake_of_ours(impatient: Runtime, site: Flask, mail: MailServer, fault: str) -> None:
    new_campaign(impatient)
    broken, mended = SQLITE_FAULTS[fault]
    switch = [broken]
    for engine in (impatient.database.engine, impatient.database.autocommit_engine):
        event.listen(engine, "checkout", lambda connection, *_: connection.execute(switch[0]).close())
    people = [Signatory(site, mail, email=f"person{number}@example.org") for number in range(40)]
    # A disk that is full has room for some more rows.
    last = [person.sign(comment="Keep it. " * 50) for person in people][-1]
    assert_in_words(last, people[-1].email)
    switch[0] = mended
    assert people[-1].sign().status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_has_waited_long_is_not_sent_to_wait_again(
    impatient: Runtime, site: Flask, mail: MailServer, make_runtime: Callable[..., Runtime]
) -> None:
    new_campaign(impatient)
    ada = Signatory(site, mail)
    late = {WAITED_KEY: 1.5}
    path, form = "/c/save-the-pond/signatures", ada.form()
    # A queue alone is no reason.
    assert ada.browser.post(path, data=form, environ_overrides=late).status_code == 303
    with locked(impatient.settings.database_url):
        assert ada.sign().status_code == 503
    assert impatient.database.is_failing
    assert_in_words(ada.browser.post(path, data=form, environ_overrides=late), ada.email)
    assert ada.browser.post("/v/x", environ_overrides=late).status_code == 503
    assert ada.browser.post(path, data=form).status_code == 303
    assert not impatient.database.is_failing
