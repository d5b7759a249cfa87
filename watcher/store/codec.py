"""
Values ↔ JSON text.

The dataclasses of `model` are the schema. A field that a later version adds has a default, so older rows still load;
a field that is gone is ignored.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from watcher.errors import StoreError

Value = TypeVar("Value")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def adapter(shape: type[Value]) -> TypeAdapter[Value]:
    """The reader and writer of a dataclass; built when first asked for, in some milliseconds."""
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


def dump(value: object) -> str:
    """The value as JSON; a lone surrogate, which no database takes, becomes `?`."""
    shape = adapter(type(value))
    try:
        return shape.dump_json(value).decode()
    except PydanticSerializationError:
        return sound(json.dumps(shape.dump_python(value, mode="json"), ensure_ascii=False))


def load(shape: type[Value], payload: str) -> Value:
    """
    The value that was dumped.

    Raises:
        StoreError: Not retryable; it is no such value.
    """
    try:
        return adapter(shape).validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = f"a stored {shape.__name__} cannot be read: {place}: {first['msg']}; restore a backup"
        raise StoreError(message, retryable=False) from None


def sound(text: str) -> str:
    """The text as every database takes it: a lone surrogate becomes `?`, NUL a space."""
    if text.isascii():
        return text.replace("\0", " ") if "\0" in text else text
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
