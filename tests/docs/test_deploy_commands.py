"""Command lines of systemd and compose that documents quote: folders, services, secrets and files they name are there."""

import re
import shlex

import pytest

from campaign.cli.restore import RESTORED_SETTINGS_FILE
from campaign.config import LOG_KEY_FILE, SECRET_KEY_FILE, Settings, load_settings
from tests.deploy.test_compose import COMPOSE, SERVICES, sections
from tests.docs import project_files
from tests.docs.test_docs import MARKDOWN

_TAKES_A_VALUE = {"--volume", "--env", "--since", "--scale"}
FOLDER = "/var/lib/countersign"


def command_lines(program: str) -> list[list[str]]:
    """The words of every command line of a program, up to what the shell does with its output."""
    found = []
    for page in MARKDOWN:
        code = re.sub(r"\\?\n {2,}", " ", project_files.code_in(project_files.read_text(page)))
        lines = re.findall(rf"^(?:sudo )?({program} .*)$", code, re.MULTILINE)
        found += [shlex.split(re.sub(r"\s(?:[>|]|#|&&).*", "", line)) for line in lines]
    return found


def test_a_command_started_by_systemd_begins_in_the_folder_of_the_units() -> None:
    lines = command_lines("systemd-run")
    assert len(lines) >= 2
    assert all(f"--working-directory={FOLDER}" in line for line in lines)
    assert all(
        f"WorkingDirectory={FOLDER}\n" in unit.read_text() for unit in project_files.ROOT.glob("deploy/systemd/*.service")
    )


def test_lines_of_compose_name_services_secrets_and_settings_that_are_there() -> None:
    lines, wrong = command_lines("docker compose"), []
    assert {line[2] for line in lines} >= {"up", "stop", "run", "exec", "logs", "build", "down"}
    for line in lines:
        values = {number + 1 for number, word in enumerate(line) if word in _TAKES_A_VALUE}
        words = [word for number, word in enumerate(line) if number > 2 and number not in values and not word.startswith("-")]
        wrong += [name for name in re.findall(r"--env (\w+)=", " ".join(line)) if f"    {name}: " not in COMPOSE]
        named = words[:1] if line[2] in ("run", "exec") else words
        wrong += [f"{' '.join(line)}: {name}" for name in named if name not in SERVICES]
    assert wrong == []
    written = re.findall(r"> secrets/(\w+)", "".join(project_files.read_text(page) for page in MARKDOWN))
    assert set(written) == {"secret_key", "log_key"} <= sections("secrets").keys()


def test_the_recipe_for_restoring_with_compose_reads_the_files_that_restore_writes() -> None:
    assert f"    DATA_DIR: {FOLDER}\n" in COMPOSE
    recipe = project_files.read_text("docs/operations.md").partition("## Restore")[2].partition("### A restored log")[0]
    read = set(re.findall(rf"(?:cat|rm) {FOLDER}/([\w.]+)", recipe))
    assert read == {SECRET_KEY_FILE, LOG_KEY_FILE, RESTORED_SETTINGS_FILE}
    # Whatever `run` waits for is started before it: the migration would fill the database that is to be empty.
    assert all(
        "--no-deps" in line for line in re.findall(r"^docker compose run.*", recipe.replace("\\\n", ""), re.MULTILINE)[:-1]
    )


def test_the_file_of_sqlite_is_called_as_operations_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    named = re.findall(r"sqlite3 (\S+\.sqlite3)`", project_files.read_text("docs/operations.md"))
    default = Settings.model_fields["data_dir"].default
    monkeypatch.setenv("DATA_DIR", FOLDER)
    assert named == [f"{default}/countersign.sqlite3", load_settings().database_url.removeprefix("sqlite:///")]
