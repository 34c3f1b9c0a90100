"""The built wheel, installed into an environment that has nothing of this clone."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import process_environment, wait_until
from tests.support.servers import free_port

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(ROOT),
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-q",
        "-w",
        str(folder),
    ]
    subprocess.run(command, check=True, cwd=folder)
    [built] = folder.glob("countersign-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The `bin` of an environment with the wheel in it. What it depends on comes from the tests' own environment, where this
    clone is installed by a .pth file that PYTHONPATH does not read."""
    folder = tmp_path_factory.mktemp("environment")
    # By the pip of the tests' environment: to give this one a pip of its own takes longer than all else.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder), "install", "-q", "--no-deps", "--no-index", "--no-compile",
         "--disable-pip-version-check", str(wheel)], check=True,
    )  # fmt: skip
    return folder / "bin"


def test_the_wheel_holds_all_it_needs_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = [
        path
        for folder in ("campaign", "workers")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= names
    templates = [path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert {f"campaign/{name}" for name in templates} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "docs", "deploy"))]


@pytest.mark.timeout(300)
def test_the_wheel_runs_countersign_up_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    env = process_environment(port=free_port(), pythonpath=sysconfig.get_path("purelib"))
    env["PATH"] = f"{installed}{os.pathsep}{env['PATH']}"
    where = subprocess.run(
        [str(installed / "python"), "-c", "import campaign, workers; print(campaign.__file__, workers.__file__)"],
        env=env, cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert str(ROOT) not in where
    log = tmp_path / "up.log"
    with log.open("wb") as out:
        up = subprocess.Popen(
            [str(installed / "countersign"), "up"], env=env, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        wait_until(lambda: "Countersign is running" in log.read_text() or up.poll() is not None, "it runs")
        assert "Countersign is running" in log.read_text(), log.read_text()
        shown = subprocess.run(
            [str(installed / "countersign"), "campaign", "list"],
            env=env,
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "nhs-reinstatement-bill" in shown
    finally:
        up.terminate()
        assert up.wait(60) == 0
