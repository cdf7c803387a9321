"""Who belongs to an audience: read by what they are assigned to, whatever the database knows of its tables."""

import pytest
from sqlalchemy import text

from insurenz.core.db import Session
from insurenz.core.ids import new_id
from insurenz.core.statements import Statement
from insurenz.notifications import audiences

GIVEN = {"organisation": new_id(), "after": audiences.FIRST, "payer": new_id(), "most": 1001}
NAMED = {
    "hospital_users": audiences._HOSPITAL_USERS,
    "hospital_processors": audiences._HOSPITAL_PROCESSORS,
    "payer_processors": audiences._PAYER_PROCESSORS,
}


@pytest.mark.parametrize("audience", NAMED)
def test_members_are_found_by_their_assignment_and_users_only_by_their_ids(
    db: Session, audience: str
) -> None:
    plan = "\n".join(planned(db, NAMED[audience]))
    by_id = "USING INDEX sqlite_autoindex_users_1 (id=?)" if is_sqlite(db) else "using pk_users on users"
    assert by_id in plan
    assert ("ix_users_role" in plan, "Seq Scan on users" in plan, "SCAN users" in plan) == (False,) * 3


def is_sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def planned(db: Session, statement: Statement) -> list[str]:
    """How the database would read it, of tables as small and unknown as those of a new install."""
    if not is_sqlite(db):
        # For tables of a page it would read the whole.
        db.execute(text("SET LOCAL enable_seqscan = off"))
    compiled = statement._for(db)
    how = "EXPLAIN QUERY PLAN" if is_sqlite(db) else "EXPLAIN (COSTS OFF)"
    values = [
        f"'{GIVEN[name]}'" if isinstance(GIVEN[name], str) else str(GIVEN[name])
        for name, _ in compiled.places
    ]
    spelled = compiled.text
    for n, value in enumerate(values, 1):
        spelled = (
            spelled.replace("?", value, 1) if is_sqlite(db) else spelled.replace(f"${n}::", f"{value}::")
        )
    return [str(row[-1]) for row in db.connection().exec_driver_sql(f"{how} {spelled}")]
