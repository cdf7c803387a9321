"""What is wrong in the settings of Web Push and of chats."""

import importlib.util
import re
from collections.abc import Callable, Iterator
from typing import Any

from insurenz.core import chats, vapid
from insurenz.core.findings import Finding
from insurenz.core.findings import error as _error
from insurenz.core.settings import Settings

_CONTACT = re.compile(r"mailto:[!-~]+@[A-Za-z0-9.-]+|https://[A-Za-z0-9.-]+")
_SERVICE = re.compile(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)+|https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?")
NEW_KEY = (
    "INSURENZ_PUSH__PRIVATE_KEY=$(python3 -c 'import base64, secrets; "
    "print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')"
)


def judge_push(settings: Settings) -> Iterator[Finding]:
    """Findings about Web Push."""
    push = settings.push
    yield from _push_key(push.private_key.get_secret_value())
    if push.enabled == "on" and importlib.util.find_spec("pywebpush") is None:
        what = "Web Push is on, but the Python package for it is not installed."
        yield _error("push_missing", "INSURENZ_PUSH__ENABLED", what, "pip install 'insurenz[push]'")
    if push.contact and not _CONTACT.fullmatch(push.contact):
        what = "Push services take an address of mail or of a web site."
        example = "INSURENZ_PUSH__CONTACT=mailto:claims@example.org"
        yield _error("push_contact", "INSURENZ_PUSH__CONTACT", what, example)
    wrong = [each for each in push.services.split(",") if not _SERVICE.fullmatch(each.strip())]
    if wrong:
        what = f"{wrong[0].strip()!r} is neither a host nor the address of one, nor *."
        example = "INSURENZ_PUSH__SERVICES=fcm.googleapis.com,push.services.mozilla.com"
        yield _error("push_services", "INSURENZ_PUSH__SERVICES", what, example)


def _push_key(setting: str) -> Iterator[Finding]:
    try:
        if setting:
            vapid.key_in(setting)
    except ValueError as error:
        what = f"This is not the key of a server that pushes: {error}."
        yield _error("push_key", "INSURENZ_PUSH__PRIVATE_KEY", what, NEW_KEY)


def judge_chat(settings: Settings) -> Iterator[Finding]:
    """Findings about chats."""
    chat = settings.chat
    given: dict[str, tuple[str, Callable[[str], Any], str]] = {
        "TARGETS": (chat.targets.get_secret_value(), chats.own_chats, "'desk: tgram://TOKEN/CHAT'"),
        "WAYS": (chat.ways.get_secret_value(), chats.ways, "'sms: twilio://SID:TOKEN@FROM/{to}'"),
        "SCHEMES": (chat.schemes, chats.schemes, "tgram,slack"),
    }
    is_used = any(text for text, _, _ in given.values())
    if is_used and importlib.util.find_spec("apprise") is None:
        what = "Chats are to be told, but the Python package for it is not installed."
        name = next(f"INSURENZ_CHAT__{each}" for each, (text, _, _) in given.items() if text)
        yield _error("chat_missing", name, what, "pip install 'insurenz[chat]'")
    for each, (text, read, example) in given.items():
        name = f"INSURENZ_CHAT__{each}"
        try:
            read(text)
        except ValueError as error:
            yield _error("chat_malformed", name, f"This cannot be used: {error}.", f"{name}={example}")
