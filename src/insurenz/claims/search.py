"""Search in claims: by the beginning of a number, or by words of description and person's name."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from insurenz.claims.models import Claim
from insurenz.core import vault
from insurenz.core.db import Id, Session

RETAIL_PREFIX = "CLM"

# The full text of SQLite; that of PostgreSQL is a column of claims which the model does not know.
_words = table("claim_words", column("claim_words"), column("rowid", Integer))
_rows = table("claim_word_rows", column("row", Integer), column("claim_id", Id))
_JOINERS = "\u200c\u200d"

# PostgreSQL's own guess: an index of words cannot be counted without reading all of it that a word has.
_PLAN = text("EXPLAIN (FORMAT JSON) SELECT 1 FROM claims WHERE words @@ plainto_tsquery('simple', :words)")


@dataclass(frozen=True)
class Indexed:
    """A condition that an index answers: as it finds claims, and as it is asked of one claim.

    Of how many claims it finds there is a statement that selects a row for each, and stops when told to; or an estimate.
    They are `clustered` when they lie together in most orders, as those of a month do. Of a range there are its ends.
    """

    finds: ColumnElement[bool]
    tests: ColumnElement[bool]
    counted: Select[int] | None = None
    estimate: int = 0
    is_clustered: bool = False
    least: ColumnElement[bool] = field(default_factory=true)
    most: ColumnElement[bool] = field(default_factory=true)

    @classmethod
    def by(cls, condition: ColumnElement[bool], *, is_clustered: bool = False) -> "Indexed":
        """A condition on indexed columns of claims."""
        counted = select(literal(1)).select_from(Claim).where(condition)
        return cls(condition, condition, counted, is_clustered=is_clustered)

    @classmethod
    def between(
        cls, column: InstrumentedAttribute[Any], least: Any, most: Any, *, is_clustered: bool
    ) -> "Indexed":
        """From one value of a column to another, both included; None is no end."""
        from_least = true() if least is None else column >= least
        to_most = true() if most is None else column <= most
        found = cls.by(and_(from_least, to_most), is_clustered=is_clustered)
        return replace(found, least=from_least, most=to_most)


def matching(session: Session, wanted: str, *, number_prefix: str) -> Indexed | None:
    """The claims whose number begins with `wanted`, or that have all its words; None when it has none.

    A number is known by its prefix: CLM, or the prefix of the install's hospital claims. Words are whole and without
    regard to case, but with their accents; whatever is neither letter, digit nor mark stands between words. Where names
    are encrypted, `wanted` is the whole of one, and descriptions are not searched.
    """
    number = wanted.upper()
    if re.fullmatch(rf"({RETAIL_PREFIX}|{number_prefix})(-[A-Z0-9-]*)?", number):
        after = number[:-1] + chr(ord(number[-1]) + 1)
        return Indexed.by(and_(Claim.claim_number >= number, Claim.claim_number < after), is_clustered=True)
    if (keys := vault.current()).is_on:
        return Indexed.by(Claim.person_hash.in_(keys.hashes(wanted)))
    words = words_of(wanted)
    if not words:
        return None
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return _in_fts5(session, words) if is_sqlite else _in_tsvector(session, " ".join(words))


def of_person(name: str) -> dict[str, str | None]:
    """The columns that say whose claim it is."""
    return {"person_name": name, "person_hash": next(iter(vault.current().hashes(name)), None)}


def words_of(given: str) -> list[str]:
    """The words of a text, as both databases tell them apart."""
    return "".join(letter if _is_of_a_word(letter) else " " for letter in given).split()


def _is_of_a_word(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LMN" or category == "Co" or letter in _JOINERS


def _in_tsvector(session: Session, words: str) -> Indexed:
    query = func.plainto_tsquery(literal_column("'simple'"), words)
    has_all = literal_column("claims.words").op("@@", is_comparison=True)(query)
    plan = session.scalar(_PLAN, {"words": words})
    return Indexed(has_all, has_all, estimate=plan[0]["Plan"]["Plan Rows"])


def _in_fts5(session: Session, words: list[str]) -> Indexed:
    # In quotes nothing is an operator of FTS5; side by side all are required.
    query = " ".join(f'"{word}"' for word in words)
    rows = select(_words.c.rowid).where(_words.c.claim_words.op("MATCH", is_comparison=True)(query))
    return Indexed(
        finds=Claim.id.in_(select(_rows.c.claim_id).where(_rows.c.row.in_(rows))),
        tests=_test_in_python(session, words),
        counted=rows,
    )


def _test_in_python(session: Session, words: list[str]) -> ColumnElement[bool]:
    """FTS5 would search its whole index for each claim that is tested."""
    wanted = {word.lower() for word in words}

    def has_all(told: str) -> bool:
        told = told.lower()
        return all(word in told for word in wanted) and wanted <= set(words_of(told))

    driver: Any = session.connection().connection.driver_connection
    driver.create_function("has_all_words", 1, has_all, deterministic=True)
    return func.has_all_words(Claim.person_name + " " + Claim.description, type_=Boolean)
