"""Routes of accounts: signing in, one's own account, and the administration of users."""

from fastapi import APIRouter

from insurenz.accounts.endpoints import api_keys, passwords, signing_in, users

router = APIRouter()
for part in (signing_in, passwords, users, api_keys):
    router.include_router(part.router)
