"""The short mails about an account; each link starts with the install's own address, its token after the `#`.

What a stranger can type (the name at a registration) is in none of them: they would write to others in our name.
"""

from dataclasses import dataclass

from insurenz.core.mail import Letter, Link, Mail


@dataclass(frozen=True)
class Letters:
    """The mails of one install."""

    base_url: str
    link_minutes: int

    def reset(self, to: str, token: str) -> Mail:
        """A link by which a password can be chosen anew."""
        return self._mail(
            to,
            "Choose a new password",
            "Somebody, probably you, asked for a new password for this address.",
            f"The link works once, for {self.link_minutes} minutes. If it was not you, do nothing.",
            button="Choose a new password",
            path=f"/app/reset-password#token={token}",
        )

    def invitation(self, to: str, token: str, invited_by: str) -> Mail:
        """A link by which an invited person chooses their first password."""
        return self._mail(
            to,
            "Your account at Insurenz",
            f"{invited_by} has made an account for you. Choose a password to sign in.",
            f"The link works once, for {self.link_minutes} minutes. Ask for a new one when it has expired.",
            button="Choose a password",
            path=f"/app/invitation#token={token}",
        )

    def welcome(self, to: str) -> Mail:
        """To somebody who has just registered."""
        return self._mail(
            to,
            "Your account at Insurenz",
            "Your account is ready. Sign in with this address and the password you chose.",
            button="Sign in",
            path="/app/",
        )

    def already_registered(self, to: str) -> Mail:
        """To somebody whose address was registered again."""
        return self._mail(
            to,
            "You already have an account",
            "Somebody, probably you, tried to register with this address, which already has an account.",
            "Sign in with your password, or ask for a new one on that page. If it was not you, do nothing.",
            button="Sign in",
            path="/app/",
        )

    def password_changed(self, to: str) -> Mail:
        """To the owner, whoever changed it."""
        return self._mail(
            to,
            "Your password was changed",
            "The password of your account was changed, and everybody who was signed in with it is signed out.",
            "If it was not you, ask for a new password at once and tell the people who run this install.",
            button="Sign in",
            path="/app/",
        )

    def _mail(self, to: str, subject: str, *lines: str, button: str, path: str) -> Mail:
        link = f"{self.base_url}{path}"
        letter = Letter(subject, subject, lines, button=Link(button, link), shows_address=True)
        return letter.mail(to, self.base_url)
