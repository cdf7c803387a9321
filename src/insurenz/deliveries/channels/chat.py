"""Chat and SMS through Apprise: a few words to the chats of people, and to those of the operator's own."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Self

from insurenz.core.chats import OwnChat, own_chats
from insurenz.core.db import Database, Session
from insurenz.core.ids import is_id
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import (
    TIMEOUT_SECONDS,
    Channel,
    Gone,
    Passing,
    Permanent,
    Sending,
    To,
    is_about_message,
)
from insurenz.deliveries.models import CHAT, Target
from insurenz.deliveries.retry import WAITS
from insurenz.deliveries.targets import apprising
from insurenz.deliveries.targets.chat import ChatRules
from insurenz.deliveries.targets.queries import by_id
from insurenz.deliveries.targets.removal import TEST
from insurenz.deliveries.targets.wording import Wording, wording

# A code is of no use for longer.
CODE_WAITS = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=4))


class Chat(Channel):
    """Sends to the chat that a delivery names: one of somebody's, or one of the operator's own by its name."""

    name = CHAT
    to = To.PERSON
    has_targets = True

    def __init__(
        self,
        rules: ChatRules,
        own: Mapping[str, OwnChat],
        base_url: str,
        apprise: apprising.Apprise = apprising.send,
    ) -> None:
        self._rules, self._own = rules, own
        self._base_url, self._apprise = base_url, apprise

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """Where the operator has chats, or people may give theirs."""
        own = {each.name: each for each in own_chats(settings.chat.targets.get_secret_value())}
        rules = ChatRules.of(settings)
        return cls(rules, own, settings.base_url) if own or rules.names else None

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, Target]:
        """Those that are people's."""
        return by_id(session, {each for each in targets if is_id(each)})

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int | None:
        """Hand the words to the service of the chat. Raises Passing, Permanent or Gone."""
        address, language = self._to_own(delivery) if delivery.user_id is None else self._to_person(delivery)
        try:
            self._apprise(address, self._text(delivery, body, wording(language)), TIMEOUT_SECONDS)
        except apprising.NotSent as failure:
            if failure.is_address or is_about_message(failure.status_code or 0):
                raise Permanent(failure.reason, status_code=failure.status_code) from failure
            waits = CODE_WAITS if "code" in body else WAITS
            raise Passing(failure.reason, status_code=failure.status_code, waits=waits) from failure
        return None

    def close(self) -> None:
        """Apprise keeps no connections."""

    def _to_own(self, delivery: Sending) -> tuple[str, str]:
        chat = self._own.get(delivery.target)
        if chat is None:
            raise Gone("target_removed")
        return chat.address, chat.language

    def _to_person(self, delivery: Sending) -> tuple[str, str]:
        found: Target | None = delivery.found
        if found is None:
            raise Gone("target_removed")
        address = self._rules.address(found.address["way"], found.address["to"])
        if address is None:
            raise Permanent("way_removed")
        return address, found.language

    def _text(self, delivery: Sending, body: Mapping[str, Any], words: Wording) -> str:
        if "code" in body:
            return words.code.format(code=body["code"])
        if delivery.category == TEST:
            return words.test
        said = [words.title(delivery.category), words.claim(body["claim_id"])]
        link = [self._base_url + body["path"]] if body["path"] else []
        return "\n".join([": ".join(filter(None, said)), *link])
