"""Web processes end with the server that started them, however early it dies."""

import os
import subprocess
import sys

PROGRAM = "from campaign.cli.parent_watch import watch_parent_process as watch; watch({}); print('serves'); input()"


def test_a_process_whose_server_died_before_it_looked_does_not_serve() -> None:
    gone = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(os.getpid() + 1)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (gone.returncode, gone.stdout) == (1, b"")
