"""Reads the settings once and tells of each where it came from, and of each that cannot be read what would be right."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsError

from insurenz.core.check import check, unknown_names
from insurenz.core.findings import Finding
from insurenz.core.settings import Settings, secret_files

PREFIX = "INSURENZ_"
# Read by the tests, not by the product.
_TESTS = f"{PREFIX}TEST_"
HIDDEN = "(hidden)"


@dataclass(frozen=True)
class Setting:
    """One setting as it is in force; `source` is environment, .env, file or default. Secrets are hidden."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Reading:
    """What came of reading the settings: none at all when one of them cannot be read."""

    settings: Settings | None
    findings: list[Finding]
    shown: list[Setting]

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep the server from starting."""
        return [finding for finding in self.findings if finding.level == "error"]


class SettingsRefused(Exception):
    """The server does not start with these settings; the text has a line for each thing to put right."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(finding.line() for finding in findings))
        self.findings = findings


def required() -> Settings:
    """The settings of this process. Raises SettingsRefused when a server must not start with them."""
    reading = read()
    if reading.settings is None or reading.errors:
        raise SettingsRefused(reading.errors)
    return reading.settings


def read() -> Reading:
    """The settings of this process, with every finding about them."""
    given = _given()
    known = frozenset(name for name, _, _ in fields())
    ours = {name: value for name, value in given.items() if _is_ours(name)}
    mistyped = unknown_names(ours, known | _accepted(known))
    try:
        settings = Settings()
    except ValidationError as error:
        return Reading(None, [*_unreadable(error), *mistyped], [])
    except SettingsError as error:
        return Reading(None, [_no_json(error), *mistyped], [])
    except OSError as error:
        return Reading(None, [_no_file(error), *mistyped], [])
    shown = [Setting(name, _value(settings, path), _source(name, given)) for name, path, _ in fields()]
    return Reading(settings, [*check(settings), *mistyped], shown)


def fields() -> Iterator[tuple[str, tuple[str, ...], FieldInfo]]:
    """Every setting as (name of its variable, path in the object, field)."""
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            for inner, inner_field in group.model_fields.items():
                yield f"{PREFIX}{name}__{inner}".upper(), (name, inner), inner_field
        else:
            alias = field.validation_alias
            yield str(alias) if alias else f"{PREFIX}{name}".upper(), (name,), field


def _given() -> dict[str, str]:
    """What is set, by upper-case name: of two, the environment counts. The value is the source's name."""
    from_file = {name.upper(): ".env" for name, value in dotenv_values(".env").items() if value}
    from_environment = {name.upper(): "environment" for name, value in os.environ.items() if value}
    return from_file | from_environment | dict.fromkeys(secret_files(), "file")


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(_TESTS)


def _accepted(known: frozenset[str]) -> frozenset[str]:
    """Other spellings that are read as well: whole groups as JSON, literal names with the prefix."""
    groups = {name.partition("__")[0] for name in known}
    return frozenset(groups | {f"{PREFIX}{name}" for name in known if not name.startswith(PREFIX)})


def _source(name: str, given: Mapping[str, str]) -> str:
    spellings = (name, f"{PREFIX}{name}", name.partition("__")[0])
    return next((given[spelling] for spelling in spellings if spelling in given), "default")


def _value(settings: Settings, path: tuple[str, ...]) -> str:
    value: Any = settings
    for part in path:
        value = getattr(value, part)
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _unreadable(error: ValidationError) -> Iterator[Finding]:
    by_place = {path: (name, field) for name, path, field in fields()}
    by_name = {name: field for name, _, field in fields()}
    for each in error.errors(include_input=False, include_url=False):
        place = tuple(str(part) for part in each["loc"])
        name, field = by_place.get(place[:2]) or by_place.get(place[:1]) or (place[0], by_name.get(place[0]))
        default = field.get_default(call_default_factory=True) if field else None
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        example = f"{name}={'' if shown is None else shown}"
        yield Finding("setting_invalid", "error", name, f"{each['msg']}.", example)


def _no_json(error: SettingsError) -> Finding:
    what = f"A group of settings is not valid JSON ({error})."
    return Finding("setting_invalid", "error", PREFIX, what, f"{PREFIX}SERVER__PORT=8000")


def _no_file(error: OSError) -> Finding:
    name = next((name for name, path in secret_files().items() if path == error.filename), "NAME")
    what = f"The file {error.filename} cannot be read ({error.strerror})."
    return Finding(
        "secret_file_unreadable", "error", f"{name}_FILE", what, f"{name}_FILE=/run/secrets/{name.lower()}"
    )
