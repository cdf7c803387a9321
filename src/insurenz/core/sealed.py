"""Types of columns whose values are encrypted in the database when the install has a key."""

from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import JSON, Dialect, Text, TypeDecorator

from insurenz.core import vault


class SealedText(TypeDecorator[str]):
    """A text, encrypted and bound to its `place` (`claims.description`), as `core/vault.py` says."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is stored."""
        return None if value is None else vault.current().seal(value, place=self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        return None if value is None else vault.current().open(value, place=self.place)


class SealedJson(TypeDecorator[Any]):
    """An object with the order of its fields: JSON as text on both databases, or a string of JSON that is encrypted."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """As it is stored."""
        keys = vault.current()
        if value is None or not keys.is_on:
            return value
        return keys.seal(to_json(value).decode(), place=self.place)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """As it was given."""
        if not isinstance(value, str):
            return value
        return from_json(vault.current().open(value, place=self.place))
