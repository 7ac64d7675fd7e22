"""What readers return, as JSON between two processes: a process that parses hostile input is not trusted.

Unlike a pickle, a message that was forged can name no function: it holds values of the types below or is refused.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.errors import UnusableError

TYPE = "type"
RECORDS: Mapping[str, type[Any]] = {"metadata": Metadata, "document": RawDocument, "rejected": Rejected}
NAMES = {record: name for name, record in RECORDS.items()}


def to_message(value: object) -> bytes:
    """Return the JSON of a text, a number, bytes, a day, a record of reading, an UnusableError, or a list of them."""
    return json.dumps(value, default=_to_json).encode("ascii")


def from_message(content: bytes) -> Any:
    """Return the value of a message, its tuples as lists; raise ValueError for one that holds none."""
    try:
        return json.loads(content, object_hook=_from_json)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a message: {error}") from error


def _to_json(value: object) -> dict[str, Any]:
    """Return the JSON that represents a value that JSON does not have."""
    if isinstance(value, bytes):
        return {TYPE: "bytes", "content": b64encode(value).decode("ascii")}
    if isinstance(value, date):
        return {TYPE: "date", "content": value.isoformat()}
    if isinstance(value, UnusableError):
        return {TYPE: "unusable", "reason": value.reason, "detail": value.detail}
    record: Any = value
    names = (field.name for field in fields(record))
    return {TYPE: NAMES[type(record)], **{name: getattr(record, name) for name in names}}


def _from_json(value: dict[str, Any]) -> object:
    """Return the value that is represented in JSON."""
    name = value.pop(TYPE)
    if name == "bytes":
        return b64decode(value["content"], validate=True)
    if name == "date":
        return date.fromisoformat(value["content"])
    if name == "unusable":
        return UnusableError(value["reason"], value["detail"])
    return RECORDS[name](**value)
