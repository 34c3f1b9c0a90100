"""docs/design.md against the code: tables, indexes, triggers, Redis keys, jobs, queues, the clock, layers."""

import re

from campaign.jobs import JOBS, QUEUES
from campaign.runtime import Runtime
from campaign.store import tables
from tests.docs import project_files
from tests.docs.project_files import code_spans, marked, table_rows
from workers.clock import SCHEDULE

DESIGN = project_files.read_text("docs/design.md")
_STORE = project_files.ROOT / "campaign" / "store"


def first_spans(marker: str) -> list[str]:
    """Code spans in the first column of a marked table."""
    return [span for row in table_rows(marked(DESIGN, marker)) for span in code_spans(row[0])]


def test_every_table_is_told_of_once() -> None:
    named = first_spans("tables")
    assert len(named) == len(set(named))
    assert set(named) == set(tables.metadata.tables) | {"alembic_version"}


def test_every_index_named_exists() -> None:
    known = {index.name for table in tables.metadata.tables.values() for index in table.indexes}
    assert set(re.findall(r"`((?:ix|uq)_\w+)`", DESIGN)) <= known


def test_the_tables_named_as_immutable_are_those_with_triggers(runtime: Runtime) -> None:
    told = re.search(r"Triggers refuse to change or delete rows of (.*?)\.\s", DESIGN, re.DOTALL)
    assert told is not None
    with runtime.reading() as connection:
        if connection.dialect.name == "sqlite":
            sql = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        else:
            sql = "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        found = set(connection.exec_driver_sql(sql).scalars())
    assert set(code_spans(told[1])) == found


def test_every_redis_key_is_told_of_by_its_name() -> None:
    named = {span.partition("<")[0] for span in first_spans("redis")} - {"rq:…"}
    written = {
        key
        for path in sorted(_STORE.rglob("*.py"))
        for key in re.findall(r'"(countersign:[a-z:-]+)"', path.read_text(encoding="utf-8"))
    }
    assert written
    assert named == written


def test_no_redis_key_is_written_outside_the_store() -> None:
    others = [path for path in project_files.ROOT.glob("campaign/**/*.py") if not path.is_relative_to(_STORE)]
    others += project_files.ROOT.glob("workers/*.py")
    # A name with a space is a label of a key's derivation, not a key.
    assert [path for path in others if re.search(r'["\']countersign:[a-z]', path.read_text(encoding="utf-8"))] == []


def test_every_job_is_told_of_with_its_queue_and_time_limit() -> None:
    told = [(row[0].strip("`"), row[1].strip("`"), row[3]) for row in table_rows(marked(DESIGN, "jobs"))]
    assert sorted(told) == sorted((job.name, job.queue, f"{job.timeout_seconds} s") for job in JOBS.values())
    assert {queue for _, queue, _ in told} == set(QUEUES)


def test_every_task_of_the_clock_is_told_of_with_its_interval() -> None:
    told = [(row[0].strip("`"), row[1]) for row in table_rows(marked(DESIGN, "clock"))]
    assert sorted(told) == sorted((task.name, f"{task.interval_seconds:g} s") for task in SCHEDULE)


def test_the_layers_are_those_that_are_enforced() -> None:
    project = project_files.read_text("pyproject.toml")
    enforced = re.search(r"^layers = \[\n(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert enforced is not None
    names = re.findall(r"\w+", enforced[1])
    drawn = re.search(r"^```\nworkers .*?^```", DESIGN, re.DOTALL | re.MULTILINE)
    assert drawn is not None
    told = re.findall(r"^campaign\.(\w+)", drawn[0], re.MULTILINE)
    # Languages and logs stand beside the settings, in one line.
    assert told == [name for name in names if name not in ("languages", "logs")]
    assert "workers" not in names


def test_every_noun_is_a_package_of_the_domain_the_services_or_the_store() -> None:
    [[_, *rows]] = [
        re.findall(r"^\| (\w+) \|", part, re.MULTILINE) for part in DESIGN.split("\n\n") if part.startswith("| noun ")
    ]
    packages = {
        path.name
        for layer in ("domain", "services", "store")
        for path in (project_files.ROOT / "campaign" / layer).iterdir()
        if path.is_dir() and (path / "__init__.py").is_file()
    }
    assert set(rows) == packages - {"common", "database", "redis", "tables"}
