"""Both workflow tables of the product, written by hand: who may do what in which status, and where it leads."""

from tests.workflow.story import Story, hospital, retail

# Letters: P policyholder, H hospital user, C processor of any level, A admin. A dot: nobody, in this status.
RETAIL_TABLE = """
status         submit  start_review  approve  reject  complete  withdraw  appeal
new            P       .             .        .       .         .         .
pending        .       CA            .        CA      .         P         .
under_review   .       .             CA       CA      .         P         .
approved       .       .             .        .       CA        .         P
rejected       .       .             .        .       CA        .         P
completed      .       .             .        .       .         .         .
"""
RETAIL_EVER = {
    "submit": "P", "start_review": "CA", "approve": "CA", "reject": "CA", "complete": "CA", "withdraw": "P", "appeal": "P",
}  # fmt: skip
RETAIL_TO = {
    "submit": "pending", "start_review": "under_review", "approve": "approved", "reject": "rejected",
    "complete": "completed", "withdraw": "completed", "appeal": "under_review",
}  # fmt: skip

HOSPITAL_TABLE = """
status                   submit raise_query answer_query request_info provide_info clear approve deny contest
new                      H      .           .            .            .            .     .       .    .
qc_pending               .      CA          .            CA           .            CA    .       CA   .
qc_query                 .      .           H            .            .            .     .       .    .
qc_answered              .      CA          .            CA           .            CA    .       CA   .
need_more_info           .      .           .            .            H            .     .       .    .
need_more_info_submitted .      .           .            CA           .            CA    CA      CA   .
qc_clear                 .      .           .            CA           .            .     CA      CA   .
claim_approved           .      .           .            .            .            .     .       .    .
claim_denial             .      .           .            .            .            .     .       .    H
claim_contested          .      .           .            CA           .            .     CA      CA   .
"""
HOSPITAL_EVER = {
    "submit": "H", "raise_query": "CA", "answer_query": "H", "request_info": "CA", "provide_info": "H",
    "clear": "CA", "approve": "CA", "deny": "CA", "contest": "H",
}  # fmt: skip
HOSPITAL_TO = {
    "submit": "qc_pending", "raise_query": "qc_query", "answer_query": "qc_answered", "request_info": "need_more_info",
    "provide_info": "need_more_info_submitted", "clear": "qc_clear", "approve": "claim_approved",
    "deny": "claim_denial", "contest": "claim_contested",
}  # fmt: skip

# How a claim comes to each status, so that no guard stands in the way of what the table allows.
RETAIL_PATHS = {
    "new": [],
    "pending": ["P submit"],
    "under_review": ["P submit", "C start_review"],
    "approved": ["P submit", "C start_review"],
    "rejected": ["P submit", "C reject other"],
    "completed": ["P submit", "P withdraw"],
}
HOSPITAL_PATHS = {
    "new": [],
    "qc_pending": ["H submit"],
    "qc_query": ["H submit", "C raise_query"],
    "qc_answered": ["H submit", "C raise_query", "H answer_query"],
    "need_more_info": ["H submit", "C clear", "C request_info"],
    "need_more_info_submitted": ["H submit", "C clear", "C request_info", "H provide_info"],
    "qc_clear": ["H submit", "C clear"],
    "claim_approved": ["H submit", "C clear", "C approve"],
    "claim_denial": ["H submit", "C deny other"],
    "claim_contested": ["H submit", "C deny other", "H contest"],
}

# Every way in which a role can be named, by its letter.
NAMES = {
    "P": ["policyholder"],
    "H": ["hospital_user"],
    "C": ["claim_processor", *(f"claim_processor_l{level}" for level in range(5)), "processor"],
    "A": ["admin"],
    "U": ["auditor", "somebody_else"],
}

Cell = tuple[str, str, str]


def read(table: str) -> dict[Cell, bool]:
    """(status, action, letter of the role) -> whether the table allows it."""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return {
        (row[0], action, letter): letter in cell
        for row in rows
        for action, cell in zip(head[1:], row[1:], strict=True)
        for letter in NAMES
    }


RETAIL_CELLS, HOSPITAL_CELLS = read(RETAIL_TABLE), read(HOSPITAL_TABLE)


def retail_in(status: str) -> Story:
    """A retail claim in this status; an approved one is approved in part."""
    story = retail(*RETAIL_PATHS[status])
    if status == "approved":
        story.act(
            "claim_processor", "approve", "other", approved_amount=60_000, status_notes="Room rent is capped"
        )
    return story


def hospital_in(status: str) -> Story:
    """A hospital claim in this status; its quality was clear before information was asked for."""
    return hospital(*HOSPITAL_PATHS[status])
