"""`user`: people and what they may reach, for the operator at the machine."""

import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from insurenz.cli.opening import Stopped, open_settings, reading, writing
from insurenz.cli.output import AsJson, print_json, print_rows

if TYPE_CHECKING:
    from insurenz.accounts.models import User
    from insurenz.core.db import Session

app = typer.Typer(help="People: make, list, invite, disable, enable, assign.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="E-mail address of the user.")]
Name = Annotated[str, typer.Option("--name", help="Full name.")]
RoleName = Annotated[
    str,
    typer.Option(
        "--role", help="policyholder, hospital_user, claim_processor (or _l1 ... _l4), admin, auditor."
    ),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]
PAGE = 200


@app.command()
def create(
    email: Email, *, name: Name, role: RoleName, password_stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Make a user with a password."""
    from insurenz.accounts import passwords, service

    parsed, level = _role(role)
    password = _password(password_stdin)
    with writing() as session:
        passwords.check(password, about=(email, name))
        made = service.create_user(
            session,
            None,
            email=email,
            name=name,
            role=parsed,
            level=level,
            password_hash=passwords.hashed(password),
        )
    _print(made, as_json=as_json, done="is there now")


@app.command()
def invite(
    email: Email,
    *,
    name: Name,
    role: RoleName,
    at: Annotated[
        list[str] | None, typer.Option("--at", help="Id or number of where they work; repeatable.")
    ] = None,
    is_printed: Annotated[
        bool, typer.Option("--print-link", help="Print the link instead of sending it.")
    ] = False,
) -> None:
    """Make a user without a password, and send them a link by which they choose one."""
    from insurenz.accounts import links, queries
    from insurenz.accounts.mails import Letters
    from insurenz.core.mail import MailFailed, mailer_for
    from insurenz.organisations import service as organisations

    settings = open_settings()
    minutes = settings.accounts.link_minutes
    parsed, level = _role(role)
    with writing() as session:
        firms = [organisations.resolve(session, number) for number in at or ()]
        newcomer = links.Newcomer(queries.normalised_email(email), name, parsed, level, firms)
        user, token = links.invite(session, None, newcomer, life=timedelta(minutes=minutes))
    letter = Letters(settings.base_url, minutes).invitation(user.email, token, "The operator of this install")
    if is_printed:
        print(letter.text)
        return
    try:
        with closing(mailer_for(settings)) as mailer:
            mailer.send(letter)
    except MailFailed as failure:
        raise Stopped(
            f"They are invited, but the mail was not taken ({failure}). Use --print-link."
        ) from failure
    print(f"{user.email} is invited: the link works once, for {minutes} minutes.")


@app.command("list")
def list_users(
    *, role: Annotated[str | None, typer.Option(help="Only this role.")] = None, as_json: AsJson = False
) -> None:
    """List the users with what they are assigned to."""
    from insurenz.accounts import queries

    parsed = _role(role)[0] if role else None
    rows: list[dict[str, Any]] = []
    with reading() as session:
        cursor: str | None = None
        while True:
            page, cursor = queries.users(session, role=parsed, is_active=None, cursor=cursor, limit=PAGE)
            for user in page:
                numbers = [organisation.number for organisation in queries.assignments(session, user.id)]
                rows.append(_shown(user) | {"assignments": numbers})
            if cursor is None:
                break
    if not as_json:
        rows = [{**row, "assignments": " ".join(row["assignments"])} for row in rows]
        for row in rows:
            del row["id"]
    print_rows(rows, as_json=as_json, empty="Nobody yet. Make somebody: insurenz user create --help")


@app.command()
def disable(email: Email, *, as_json: AsJson = False) -> None:
    """Let a user in no more, from this moment."""
    from insurenz.accounts import service

    with writing() as session:
        user = _user(session, email)
        service.disable(session, None, user)
    _print(user, as_json=as_json, done="can no longer sign in")


@app.command()
def enable(email: Email, *, as_json: AsJson = False) -> None:
    """Let a disabled user in again."""
    from insurenz.accounts import service

    with writing() as session:
        user = _user(session, email)
        service.enable(session, None, user)
    _print(user, as_json=as_json, done="can sign in again")


@app.command()
def assign(
    email: Email,
    organisation: Annotated[str, typer.Argument(help="Id or number, e.g. HOSP_001 or PAY_001.")],
    *,
    is_removed: Annotated[bool, typer.Option("--remove", help="Take the assignment back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a user work for a hospital or payer."""
    from insurenz.accounts import service
    from insurenz.organisations import service as organisations

    with writing() as session:
        user = _user(session, email)
        found = organisations.resolve(session, organisation)
        if is_removed:
            service.unassign(session, None, user, found)
        else:
            service.assign(session, None, user, found)
    done = f"no longer works for {found.number}" if is_removed else f"works for {found.number}"
    _print(user, as_json=as_json, done=done)


@app.command("set-password")
def set_password(email: Email, *, password_stdin: FromStdin = False, as_json: AsJson = False) -> None:
    """Give a user a new password, and end every access they had."""
    from insurenz.accounts import passwords, service

    password = _password(password_stdin)
    with writing() as session:
        user = _user(session, email)
        passwords.check(password, about=(user.email, user.name))
        service.set_password(session, None, user, password_hash=passwords.hashed(password))
    _print(user, as_json=as_json, done="has a new password, and is signed out everywhere")


def _user(session: "Session", email: str) -> "User":
    from insurenz.accounts import queries

    found = queries.by_email(session, queries.normalised_email(email))
    if found is None:
        raise Stopped(f"There is no user {email}. See: insurenz user list")
    return queries.user(session, found.id, lock=True)


def _role(text: str) -> tuple[Any, int]:
    from insurenz.core.permissions import parse_role, role_names

    try:
        return parse_role(text)
    except ValueError as error:
        raise Stopped(f"{text!r} is not a role; there are {', '.join(role_names())}.") from error


def _password(is_piped: bool) -> str:
    if is_piped:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _shown(user: "User") -> dict[str, Any]:
    from insurenz.accounts.queries import actor_of

    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": actor_of(user).role_shown,
        "is_active": user.is_active,
    }


def _print(user: "User", *, as_json: bool, done: str) -> None:
    if as_json:
        print_json(_shown(user))
    else:
        print(f"{user.email} {done}.")
