"""Every mail of an install with made-up facts, for those who want to see them before anybody gets one."""

from collections.abc import Iterable, Mapping

from insurenz.accounts import mails as accounts
from insurenz.core.mail import Mail
from insurenz.core.settings import Settings
from insurenz.deliveries.mail.letters import letters_of
from insurenz.notifications.samples import EVENT, Person, samples
from insurenz.workflow import Definition

TO = Person.email


def previews(settings: Settings, definitions: Iterable[Definition]) -> Mapping[str, Mail]:
    """By name: mails about claims as these definitions tell of them, and mails about accounts."""
    letters = letters_of(settings)
    found = {
        each.name: letters.mail(TO, each.body, user_id=each.user_id, category=each.category, key=EVENT)
        for each in samples(definitions, settings.base_url)
    }
    own = accounts.Letters(settings.base_url, settings.accounts.link_minutes)
    return found | {
        "account.reset": own.reset(TO, "TOKEN"),
        "account.invitation": own.invitation(TO, "TOKEN", "Arjun Nair"),
        "account.welcome": own.welcome(TO),
        "account.known": own.already_registered(TO),
        "account.password_changed": own.password_changed(TO),
    }
