"""Logs: a constant sentence and its fields, a line each, on standard error. Ids only, never names or addresses."""

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog


def configure_logging(level: str) -> None:
    """Set the log of this process up: for people on a terminal, as JSON elsewhere."""
    terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_location,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _exception_location, renderer],
        )
    )
    logging.basicConfig(level="WARNING", handlers=[handler])


def configure_role_logging(level: str) -> None:
    """Set the log of a role up, from its first line: also what nobody caught, in any thread, and warnings of libraries are
    lines of it, without the words of an error."""
    configure_logging(level)
    log = structlog.get_logger(__name__)

    def report(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
            log.error("Something failed that nobody expected", exc_info=error.with_traceback(trace))

    sys.excepthook = report
    threading.excepthook = lambda failed: report(failed.exc_type, failed.exc_value, failed.exc_traceback)
    logging.captureWarnings(capture=True)


def _exception_location(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the lines it passed: its words and the values around it can be somebody's address."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):  # as the standard library's loggers have it
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["lines"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event
