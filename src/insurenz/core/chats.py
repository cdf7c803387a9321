"""Where short messages go, as the operator says it: chats of their own, and the ways by which people may be told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

CATEGORIES = ("action_needed", "progress", "decision", "message", "assignment")
LANGUAGES = ("en", "hi")
# Services whose whole address people may give themselves: each leads to its own servers, wherever the rest of it points.
OF_PEOPLE = ("discord", "gchat", "line", "pbul", "pover", "prowl", "slack", "tgram", "wxteams")
PLACE = "{to}"

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+")


@dataclass(frozen=True)
class OwnChat:
    """A chat of the operator's, told of every claim or of some categories; `address` is one of Apprise."""

    name: str
    address: str
    categories: tuple[str, ...] = ()
    language: str = "en"

    def hears(self, category: str) -> bool:
        """Whether it is told of this category."""
        return not self.categories or category in self.categories


def own_chats(text: str) -> tuple[OwnChat, ...]:
    """The operator's chats in a setting. Raises ValueError saying what is wrong, without any part of an address."""
    return tuple(_own_chat(name, given) for name, given in _named(text))


def ways(text: str) -> Mapping[str, str]:
    """By name how people may be told: addresses of Apprise in which {to} stands for what they give. Raises ValueError."""
    found = {name: _address(name, given) for name, given in _named(text)}
    for name, address in found.items():
        # Elsewhere it could change which host is spoken to.
        if address.count(PLACE) != 1 or PLACE in address.partition("://")[2].partition("/")[0]:
            raise ValueError(f"{name}: the address has {PLACE} once, after the host")
    return found


def schemes(text: str) -> tuple[str, ...]:
    """Services whose whole address people may give. Raises ValueError for one that could lead anywhere."""
    given = tuple(filter(None, (each.strip() for each in text.split(","))))
    for each in given:
        if each not in OF_PEOPLE:
            raise ValueError(f"{each} is none of {', '.join(OF_PEOPLE)}")
    return given


def _own_chat(name: str, given: Any) -> OwnChat:
    if not isinstance(given, dict):
        return OwnChat(name, _address(name, given))
    if unknown := set(given) - {"address", "categories", "language"}:
        raise ValueError(f"{name}: there is no {', '.join(sorted(map(str, unknown)))}")
    categories = given.get("categories") or []
    if not isinstance(categories, list) or not set(map(str, categories)) <= set(CATEGORIES):
        raise ValueError(f"{name}: categories are some of {', '.join(CATEGORIES)}")
    language = given.get("language", "en")
    if language not in LANGUAGES:
        raise ValueError(f"{name}: the language is one of {', '.join(LANGUAGES)}")
    return OwnChat(name, _address(name, given.get("address")), tuple(categories), language)


def _named(text: str) -> Iterator[tuple[str, Any]]:
    try:
        read = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ValueError("it is neither YAML nor JSON") from error
    if not isinstance(read, dict):
        raise ValueError("it gives no names: write NAME: ADDRESS")  # noqa: TRY004 - of the text
    for name, given in read.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("a name is of small letters, digits, - and _, at most 32")
        yield name, given


def _address(name: str, given: Any) -> str:
    if not isinstance(given, str) or not _ADDRESS.fullmatch(given) or len(given) > 2000:
        raise ValueError(f"{name}: this is not an address such as tgram://TOKEN/CHAT")
    return given
