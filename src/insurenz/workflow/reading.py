"""Reads YAML strictly, key by key, and complains with file, place and what would be right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from insurenz.workflow.refusals import DefinitionError

try:  # the C loader is some ten times faster; not every platform's wheel has it
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader  # type: ignore[assignment]


def parse(text: str, file: str) -> object:
    """The content of a YAML text; refuses bad YAML and keys that stand twice."""
    try:
        loader = SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _refuse_doubles(root, file)
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DefinitionError(file, place, f"not valid YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise DefinitionError(file, "", f"not valid YAML ({str(error).splitlines()[0]})") from error


def _refuse_doubles(node: yaml.Node, file: str) -> None:
    """YAML lets the last of two equal keys win, silently."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubles(item, file)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = f"line {key.start_mark.line + 1}"
                raise DefinitionError(file, line, f"{key.value!r} stands twice; keep one")
            seen.add(key.value)
            _refuse_doubles(value, file)


@dataclass(frozen=True)
class At:
    """A place in a file."""

    file: str
    place: str = ""

    def within(self, part: str) -> "At":
        """A place inside this one."""
        return At(self.file, f"{self.place}: {part}" if self.place else part)

    def wrong(self, problem: str) -> DefinitionError:
        """The complaint about this place."""
        return DefinitionError(self.file, self.place, problem)

    def known(self, kind: str, name: str, known: Iterable[str]) -> str:
        """The name, which must be one of the known ones."""
        if name not in (names := list(known)):
            raise self.wrong(f"unknown {kind} {name!r}; known: {', '.join(names) or 'none'}")
        return name


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else repr(value)


def mapping(value: object, at: At) -> dict[str, object]:
    """A mapping with texts as keys."""
    if not isinstance(value, Mapping):
        raise at.wrong(f"a mapping is needed, found {_shown(value)}")
    for key in value:
        if not isinstance(key, str):
            raise at.wrong(f"every key must be a text, found {_shown(key)}; put it in quotes")
    return dict(value)


def items(value: object, at: At) -> list[object]:
    """A list."""
    if not isinstance(value, list):
        raise at.wrong(f"a list is needed, found {_shown(value)}")
    return value


def word(value: object, at: At) -> str:
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise at.wrong(f"a text is needed, found {_shown(value)}")
    return value


class Node:
    """A mapping with a fixed set of keys; `must` be there, `may` be there, no others."""

    def __init__(self, value: object, at: At, *, must: Iterable[str] = (), may: Iterable[str] = ()) -> None:
        self.at, self._values = at, mapping(value, at)
        needed = tuple(must)
        for key in self._values:
            at.known("key", key, (*needed, *may))
        for key in needed:
            if key not in self._values:
                raise at.wrong(f"{key!r} is missing")

    def raw(self, key: str) -> object:
        """The value as it stands, None when absent."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        """A text that is not blank."""
        return word(self.raw(key), self.at.within(key))

    def one_of(self, key: str, kind: str, known: Iterable[str]) -> str:
        """A text out of the known ones."""
        return self.at.within(key).known(kind, self.text(key), known)

    def number(self, key: str) -> int:
        """A whole number from 1."""
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.at.within(key).wrong(f"a whole number from 1 is needed, found {_shown(value)}")
        return value

    def flag(self, key: str) -> bool:
        """true or false; absent is false."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.at.within(key).wrong(f"true or false is needed, found {_shown(value)}")
        return value

    def mapping(self, key: str) -> dict[str, object]:
        """A mapping; absent is empty."""
        return mapping(self._values.get(key, {}), self.at.within(key))

    def items(self, key: str) -> list[object]:
        """A list; absent is empty."""
        return items(self._values.get(key, []), self.at.within(key))

    def names(self, key: str, kind: str, known: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, none twice, each out of the known ones when these are given; absent is empty."""
        at, found = self.at.within(key), list[str]()
        for value in self.items(key):
            name = word(value, at)
            if known is not None:
                at.known(kind, name, known)
            if name in found:
                raise at.wrong(f"{name!r} stands twice; keep one")
            found.append(name)
        return tuple(found)
