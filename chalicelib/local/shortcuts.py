"""Let moto's DynamoDB hand out what is stored as it is, which it does a hundred times faster than as it comes.

moto asks of every value in an item, however deep, for each of DynamoDB's ten types under each of the names that it might have:
most of the time of the tests went there. By then the values are in their typed form already, which is what the answer holds.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.core.serialize import JSONSerializer


@cache
def take_shortcuts() -> None:
    """Put typed values into moto's answers unasked, for as long as this interpreter lives."""
    serialize = JSONSerializer._serialize_type_structure

    def serialize_unless_typed(self: JSONSerializer, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict):
            serialized[key] = value
        else:
            serialize(self, serialized, value, shape, key)

    JSONSerializer._serialize_type_structure = serialize_unless_typed  # type: ignore[method-assign,assignment]
