"""Route of one action on many claims."""

from fastapi import APIRouter

from insurenz.accounts.auth import CurrentUser
from insurenz.claims.bodies import BulkLater
from insurenz.claims.bulk import act_on_all
from insurenz.claims.endpoints.edge import RulesNow
from insurenz.claims.schemas import BulkOut
from insurenz.core.edge import Db, Route

router = APIRouter(route_class=Route, tags=["claims"])


@router.post("/claims/bulk-actions")
def bulk_act(body: BulkLater, actor: CurrentUser, db: Db, rules: RulesNow) -> BulkOut:
    """Do one action on up to 100 claims; each is judged by itself, and one that is refused stops no other."""
    return BulkOut(results=act_on_all(db, actor, rules=rules, given=body))
