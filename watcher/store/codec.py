"""
Values ↔ JSON text.

The dataclasses of `model` are the schema. A field that a later version adds has a default, so older rows still load;
a field that is gone is ignored.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

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
    """The value that was dumped. Raises pydantic's ValidationError if it was not one of these."""
    return adapter(shape).validate_json(payload)


def sound(text: str) -> str:
    """The text as every database takes it: a lone surrogate becomes `?`, NUL a space."""
    if text.isascii():
        return text.replace("\0", " ") if "\0" in text else text
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
