"""Where the templates lie: inside the package once it is built into a wheel, beside it in a clone."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
TEMPLATES = next(path for path in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if path.is_dir())
