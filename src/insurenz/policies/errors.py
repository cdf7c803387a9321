"""What policies refuse.

AppError
└── Conflict
    ├── CoverUsedUp   another approval was faster and took what was left of the cover
    └── NumberTaken   another policy has this number
"""

from insurenz.core.errors import Conflict


class CoverUsedUp(Conflict):
    """The amount is above what the policy still covers."""

    default_code = "cover_used_up"

    def __post_init__(self) -> None:
        self.detail = self.detail or "The amount is above what the policy still covers; nothing was changed."
        super().__post_init__()


class NumberTaken(Conflict):
    """The policy number is not free."""

    default_code = "number_taken"
