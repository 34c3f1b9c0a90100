"""Machine that a site runs on: a folder, and settings of processes that are started there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.processes import run_command

PASSPHRASE = "a long passphrase of the operator"


@dataclass
class Machine:
    """Machine with a folder of its own."""

    folder: Path
    settings: dict[str, str]

    @property
    def data_dir(self) -> Path:
        return Path(self.settings["data_dir"])

    def write_passphrase(self, passphrase: str | bytes = PASSPHRASE) -> None:
        line = passphrase if isinstance(passphrase, bytes) else passphrase.encode()
        (self.folder / "passphrase").write_bytes(line + b"\n")

    def run(self, *arguments: str, passphrase: str | bytes = PASSPHRASE, **more: Any) -> tuple[int, str]:
        """Exit code of a command, and all it said."""
        self.write_passphrase(passphrase)
        asked = ("--passphrase-file", "passphrase") if arguments[0] in ("backup", "restore") else ()
        ended = run_command(self.folder, *arguments, *asked, settings=self.settings, **more)
        return ended.returncode, ended.stdout + ended.stderr
