"""Environment that settings came from: their values as variables, and as a file that is read as `.env` is."""

import re
from typing import Any

from pydantic import SecretStr

from campaign.config.settings import Settings

OFF = "off"
"""What is said of a setting that is not to have its default; nothing at all would leave it so."""
_PLAIN = re.compile(r"[\w@%+:,./=-]+", re.ASCII)


def environment_value(settings: Settings, name: str) -> str:
    """A setting as a variable of the environment says it; "" where it need not be said."""
    value = getattr(settings, name)
    text = ",".join(_text(each) for each in (value if isinstance(value, tuple) else (value,)))
    default = type(settings).model_fields[name].default
    return OFF if not text and isinstance(default, str) and default else text


def env_file_text(values: dict[str, str]) -> str:
    """The lines of a file that is read as `.env` is, in order of names: what has a space, a mark or a line's end is quoted."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(values.items()))


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # In quotes, too, `${NAME}` would be replaced by a variable; `${:-$}` is replaced by its second half.
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "${:-$}{")
    return f"'{escaped}'"
