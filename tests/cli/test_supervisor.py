"""The supervisor of `countersign up`: what ends is started again, later each time, and what never lives is said to."""

from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from campaign.cli import supervisor as supervisor_module
from campaign.cli.supervisor import NOT_LIVING_SECONDS, ChildProcess, Supervisor


class Steps:
    """A clock that a test moves, and processes that end at once, or never."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.ends, self.starts = 1_000.0, True, list[float]()
        monkeypatch.setattr(supervisor_module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(supervisor_module, "_Command", lambda *_: self._started())

    def _started(self) -> "Steps":
        self.starts.append(self.now)
        return self

    # What a process of the supervisor has.
    pid = 7
    reason = "MAIL_URL: not understood"

    def poll(self) -> int | None:
        return 1 if self.ends else None


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


def run(steps: Steps, supervisor: Supervisor, seconds: float) -> list[tuple[str, str]]:
    """What was logged meanwhile: level and event."""
    with capture_logs() as said:
        until = steps.now + seconds
        while steps.now < until:
            supervisor.restart_ended()
            steps.now += 0.125  # exact in binary
    return [(entry["log_level"], f"{entry['process']}: {entry['reason']}") for entry in said]


def test_a_process_that_never_lives_is_said_so_once_with_its_reason(steps: Steps) -> None:
    supervisor = Supervisor()
    supervisor.start(ChildProcess("worker mail", ["x"]))
    said = run(steps, supervisor, 60)
    errors = [words for level, words in said if level == "error"]
    assert len(errors) == 1
    assert errors[0].startswith("worker mail: ")
    assert "MAIL_URL: not understood" in errors[0]
    # Each end is told, and each start comes later than the one before, ten seconds at most.
    waits = [later - sooner for sooner, later in zip(steps.starts, steps.starts[1:], strict=False)]
    assert len(said) == len(steps.starts) + 1
    assert waits[0] < 1
    assert waits == sorted(waits)
    assert waits[-1] <= 10.5


def test_it_is_not_said_before_its_time_nor_of_what_lives_again(steps: Steps) -> None:
    supervisor = Supervisor()
    supervisor.start(ChildProcess("clock", ["x"]))
    early = run(steps, supervisor, NOT_LIVING_SECONDS / 2)
    assert {level for level, _ in early} == {"warning"}
    steps.ends = False
    assert run(steps, supervisor, 60) == []
    # It lived for long: that it dies now is nothing that goes on.
    steps.ends = True
    assert {level for level, _ in run(steps, supervisor, NOT_LIVING_SECONDS / 2)} == {"warning"}
