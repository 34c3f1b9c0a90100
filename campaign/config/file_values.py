"""Settings kept in files: `SECRET_KEY_FILE=/run/secrets/secret_key` is read where `SECRET_KEY` would be in the environment.

For secrets: the environment of a process is shown by `docker inspect` and handed to every child; a file is neither.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from campaign.config.errors import InvalidSettingsError

MAX_FILE_BYTES = 64 * 1024


def settings_from_files(names: Iterable[str]) -> dict[str, str]:
    """What the files hold that the environment names, by setting, without the line's end.

    Raises InvalidSettingsError where one cannot be read, or the setting is in the environment too.
    """
    found = {}
    for name in names:
        variable = f"{name.upper()}_FILE"
        path = os.environ.get(variable, "")
        if not path:
            continue
        if os.environ.get(name.upper()):
            raise InvalidSettingsError(f"{variable}: {name.upper()} is set, too; leave one of them out")
        try:
            with Path(path).open("rb") as file:
                value = file.read(MAX_FILE_BYTES).decode()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise InvalidSettingsError(f"{variable}: {path} cannot be read ({reason})") from None
        found[name] = value.rstrip("\r\n")
    return found
