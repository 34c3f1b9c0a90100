"""Errors of settings."""


class InvalidSettingsError(Exception):
    """A setting is wrong or missing; `str()` is one line that names it and says what to do."""
