"""Documents against the code: settings, commands, make targets, examples, files, links."""

import contextlib
import io
import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from babel import Locale
from flask import Flask

from campaign.config import Settings
from campaign.domain.campaigns.definition import read_definition
from campaign.domain.common.networks import network_prefix
from campaign.runtime import Runtime
from campaign.services.signatures.retention import NETWORK_RETENTION
from campaign.services.submissions import list_profiles
from campaign.store.tables import metadata
from tests.docs import project_files
from tests.support.factories import new_campaign

MARKDOWN = sorted(path.relative_to(project_files.ROOT).as_posix() for path in project_files.files() if path.suffix == ".md")
NOT_OF_THE_PAST = [page for page in MARKDOWN if page != "CHANGELOG.md"]
UNITS = sorted(project_files.ROOT.glob("deploy/systemd/*.service"))
SETTINGS = {name.upper() for name in Settings.model_fields}
# What the compose file tells the programs beside ours.
OTHERS = {"POSTGRES_USER", "POSTGRES_PASSWORD_FILE", "POSTGRES_DB", "COUNTERSIGN_WEB"}
README_MAX_BYTES = 6 * 1024


def by_page(find_wrong: Callable[[str], Collection[str]], pages: Iterable[str] = MARKDOWN) -> dict[str, Collection[str]]:
    """What is found wrong in the text of each page where something is."""
    return {page: wrong for page in pages if (wrong := find_wrong(project_files.read_text(page)))}


def test_the_reference_lists_every_setting_as_the_code_has_it() -> None:
    assert project_files.marked(project_files.read_text("docs/reference.md"), "settings") == project_files.settings_table()


def test_the_reference_names_every_command() -> None:
    named = project_files.commands_named_in(project_files.code_in(project_files.read_text("docs/reference.md")))
    assert not project_files.all_commands().keys() - named


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len((project_files.ROOT / "README.md").read_bytes()) <= README_MAX_BYTES


@pytest.mark.parametrize("page", ["README.md", "docs/privacy-and-data.md"])
def test_the_privacy_promises_name_the_prefixes_and_the_days_that_the_code_keeps(page: str) -> None:
    words = project_files.read_text(page)
    assert f"{NETWORK_RETENTION.days} days" in words
    for address in ("203.0.113.77", "2001:db8:1234:5678::1"):
        prefix = network_prefix(address)
        assert prefix
        assert f"/{prefix.rpartition('/')[2]}" in words


@pytest.mark.parametrize("page", ["README.md", "docs/comparison.md"])
def test_what_is_said_of_the_languages_of_the_desk_names_each(page: str) -> None:
    catalogues = sorted((project_files.ROOT / "campaign/translations").glob("*/LC_MESSAGES/desk.po"))
    languages = {Locale(path.parts[-3]).get_display_name("en") for path in catalogues}
    said = [
        each
        for each in re.split(r"(?<=[.:*])\s", project_files.read_text(page))
        if re.search(r"\bdesk[ ,].*speak", each, re.DOTALL)
    ]
    assert said
    assert all(language in each for each in said for language in languages), said


def test_every_command_a_page_names_exists() -> None:
    known = project_files.all_commands().keys() | {"campaign"}
    assert by_page(lambda text: project_files.commands_named_in(project_files.code_in(text)) - known) == {}


def test_every_make_target_a_page_names_exists() -> None:
    there = project_files.make_targets()

    def lost(text: str) -> set[str]:
        return set(re.findall(r"(?:^|\s|=\d+ )make ([a-z-]+)\b", project_files.code_in(text), re.MULTILINE)) - there

    assert by_page(lost) == {}


def test_the_readme_and_contributing_name_the_two_commands() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        assert {"make run", "make test"} <= set(re.findall(r"make [a-z]+", project_files.read_text(page)))


def test_every_module_a_page_says_to_run_exists() -> None:
    def lost(text: str) -> list[str]:
        return [name for name in re.findall(r"python -m ([\w.]+)", project_files.code_in(text)) if find_spec(name) is None]

    assert by_page(lost) == {}


def test_every_setting_a_page_names_exists() -> None:
    there = SETTINGS | OTHERS | {"COUNTERSIGN_TEST_DATABASE_URL"} | {f"{name}_FILE" for name in SETTINGS}
    # A name in capitals with an underscore, alone or with its value, is a setting, or that of a file that holds one.
    assert by_page(lambda text: set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", text)) - there) == {}


def test_every_link_within_the_project_leads_somewhere() -> None:
    lost = []
    for page in MARKDOWN:
        folder = (project_files.ROOT / page).parent
        for link in project_files.links_in(project_files.read_text(page)):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = unquote(link).partition("#")
            path = (folder / name) if name else project_files.ROOT / page
            if not path.exists() or (anchor and anchor not in project_files.anchors_in(path.read_text(encoding="utf-8"))):
                lost.append((page, link))
    assert lost == []


def test_every_file_and_function_a_page_names_exists() -> None:
    # `campaign/store/x.py` is a file, `campaign/store/x.py::f` something in it.
    pattern = re.compile(r"((?:campaign|workers|tests|templates|docs|deploy)/[\w./-]+\.\w+)(?:::(\w+))?")

    def lost(text: str) -> list[str]:
        return [
            found[0]
            for span in project_files.code_spans(text)
            if (found := pattern.fullmatch(span)) and not _exists(*found.groups())
        ]

    assert by_page(lost, pages=NOT_OF_THE_PAST) == {}


def _exists(name: str, definition: str | None) -> bool:
    path = project_files.ROOT / name
    pattern = rf"^(?:    )?(?:(?:async )?def|class) {definition}\b|^{definition}\b.*= "
    return path.is_file() and (not definition or bool(re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)))


def test_every_column_a_page_names_exists() -> None:
    def lost(text: str) -> list[str]:
        named = [span.split(".") for span in project_files.code_spans(text) if re.fullmatch(r"\w+\.\w+", span)]
        return [
            f"{table}.{column}"
            for table, column in named
            if table in metadata.tables and column not in metadata.tables[table].c
        ]

    assert by_page(lost, pages=NOT_OF_THE_PAST) == {}


@pytest.mark.parametrize("page", [page for page in MARKDOWN if "```sql" in project_files.read_text(page)])
def test_the_sql_a_page_gives_is_understood_by_the_database(page: str, runtime: Runtime) -> None:
    blocks = re.findall(r"^```sql\n(.*?)^```", project_files.read_text(page), re.DOTALL | re.MULTILINE)
    sql = re.sub(r"--.*", "", "".join(blocks))
    with runtime.reading() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        for statement in (one.strip() for one in sql.split(";")):
            # What is for one database alone: the page says so.
            if statement and ("now()" not in statement if is_sqlite else "PRAGMA" not in statement):
                asked = statement if statement.startswith("PRAGMA") else f"EXPLAIN {statement}"
                # A driver takes a lone % for a parameter.
                connection.exec_driver_sql(asked if is_sqlite else asked.replace("%", "%%"))


@pytest.mark.parametrize("year", [2026, 2040, 2060])
def test_the_example_campaign_can_be_created_at_any_time(year: int) -> None:
    raw = tomllib.loads(project_files.read_text("docs/campaign.toml"))
    made = read_definition(raw, datetime(year, 6, 1, tzinfo=UTC))
    assert made.slug
    assert made.opens_at < made.closes_at


def test_the_example_campaign_shows_every_field() -> None:
    example = project_files.read_text("docs/campaign.toml")
    with pytest.raises(ValueError, match="there is no such field") as refused:
        read_definition({"nonsense": 1}, datetime(2026, 1, 1, tzinfo=UTC))
    known = str(refused.value).split("known are ")[1].split(", ")
    assert [name for name in known if not re.search(rf"^#? ?\[?{name}\b", example, re.MULTILINE)] == []


def test_the_recipe_for_the_hash_of_the_text_works(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, title="Save “our” pond / élan", background="It is old.\n\nIt is “loved” — by all.")
    published = app.test_client().get("/c/save-the-pond.json").get_data()
    recipe = re.search(r"```python\n(.*?)```", project_files.read_text("docs/reference.md"), re.DOTALL)
    assert recipe is not None
    code, changed = re.subn(r'"https://[^"]+"', repr("data:application/json," + quote(published)), recipe[1])
    assert changed == 1
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(code, "docs/reference.md", "exec"), {})
    assert said.getvalue() == "True\n"


def test_the_env_example_sets_only_what_exists() -> None:
    named = project_files.names_in_env(project_files.read_text("deploy/countersign.env.example"))
    assert len(named) == len(set(named))
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "MAIL_URL"} <= set(named) <= SETTINGS | OTHERS


def test_the_compose_file_sets_only_what_exists() -> None:
    compose = project_files.read_text("deploy/compose.yaml")
    assert "\t" not in compose
    environments = project_files.service_environments(compose)
    assert environments
    for service, names in environments.items():
        others = OTHERS | {"BASE_URL"} if service in ("postgres", "valkey", "caddy") else set()
        assert {name.removesuffix("_FILE") if not others else name for name in names} <= (others or SETTINGS), service
    assert set(re.findall(r"\$\{([A-Z_]+)", compose)) <= SETTINGS | OTHERS


def test_the_compose_file_starts_every_role() -> None:
    calls = project_files.service_commands(project_files.read_text("deploy/compose.yaml"))
    assert {call[0] for call in calls} == {"web", "worker", "clock", "migrate"}
    for call in calls:
        project_files.check_command_line(call)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_each_unit_starts_a_command_that_exists(unit: Path) -> None:
    calls = project_files.unit_commands(unit.read_text(encoding="utf-8"))
    assert calls
    for call in calls:
        project_files.check_command_line(call)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_each_unit_that_is_enabled_alone_is_started_after_a_reboot(unit: Path) -> None:
    # By the target alone it would not be, on a machine where the target is not enabled.
    assert re.search(r"^WantedBy=.*\bmulti-user\.target", unit.read_text(encoding="utf-8"), re.MULTILINE)


def test_a_command_started_by_hand_uses_the_folder_of_the_units() -> None:
    # systemd-run starts it in "/", where the default would be /var.
    line = re.compile(r"^(?:Environment=)?DATA_DIR=(.+)$", re.MULTILINE)
    folders = {name for unit in UNITS for name in line.findall(unit.read_text(encoding="utf-8"))}
    assert folders == set(line.findall(project_files.read_text("deploy/countersign.env.example")))
    assert len(folders) == 1


def test_there_is_a_unit_for_every_role() -> None:
    started = {call[0] for unit in UNITS for call in project_files.unit_commands(unit.read_text(encoding="utf-8"))}
    assert {"web", "worker", "clock"} <= started
    target = project_files.read_text("deploy/systemd/countersign.target")
    for wanted in re.findall(r"^Wants=(.+)$", target, re.MULTILINE):
        for name in wanted.split():
            assert (project_files.ROOT / "deploy/systemd" / re.sub(r"@[^.]*", "@", name)).is_file(), name


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    folder = b"/wor" + b"k/"  # in two pieces, or this file would name it
    assert [path.as_posix() for path in project_files.files() if folder in path.read_bytes()] == []


def test_what_nobody_could_make_sure_of_is_told_here_as_at_the_desk() -> None:
    page = project_files.read_text("docs/handing-in.md")
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page.partition("not make sure of:")[2], re.MULTILINE))
    assert told == {profile.key: profile.unsure for profile in list_profiles() if profile.unsure}
    assert "new-zealand-house" in told
