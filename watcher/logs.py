"""
How the log looks: one line for each finished unit of work, JSON unless at a terminal.

Secrets are kept out twice: they are `SecretStr` until sent, and any key that names one is masked here. Addresses lose
their query strings, where tokens hide.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping

import structlog

SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie", re.IGNORECASE)
QUERY = re.compile(r"(https?://[^\s?#]+)[?#][^\s]*")
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


def redact(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Mask values under secret keys, and query strings and logins inside addresses."""
    for key, value in event.items():
        if SECRET_KEYS.search(key):
            event[key] = "***"
        elif isinstance(value, str) and "://" in value:
            event[key] = CREDENTIALS.sub("", QUERY.sub(r"\1?…", value))
    return event


def configure(*, level: str, form: str) -> None:
    """
    Set up logging for this process, to standard error.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        form: `json`, `plain`, or `auto`: plain at a terminal.
    """
    plain = form == "plain" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: in a trial a password in an argument reached the log through them.
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
            if not plain
            else structlog.processors.format_exc_info,
            redact,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if plain
            else structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
