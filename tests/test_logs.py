"""Log of a role: lines of JSON and nothing else, without the words of an error."""

import json
import subprocess
import sys

PROGRAM = """
import threading, warnings
from campaign.logs import configure_role_logging

configure_role_logging("INFO")
warnings.warn("somebody changes something", DeprecationWarning)
warnings.warn("careful")
thread = threading.Thread(target=lambda: int("ada@example.org"))
thread.start()
thread.join()
raise ValueError("ada@example.org")
"""


def test_what_nobody_caught_in_any_thread_is_a_line_of_json_without_its_words() -> None:
    ran = subprocess.run([sys.executable, "-W", "default", "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["warning", "warning", "error", "error"]
    assert [line["error"] for line in lines[2:]] == ["ValueError", "ValueError"]
    assert "ada@example.org" not in ran.stderr
