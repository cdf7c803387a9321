"""Routes of accounts: signing in, one's own account, and the administration of users."""

from insurenz.accounts.endpoints import api_keys, passwords, signing_in, users

ROUTERS = [part.router for part in (signing_in, passwords, users, api_keys)]
