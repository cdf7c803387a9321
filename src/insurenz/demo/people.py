"""Who lives in the demo world, and what they are insured for."""

from dataclasses import dataclass
from datetime import date

from insurenz.core.permissions import Role, role_name
from insurenz.organisations.models import Kind
from insurenz.policies.models import PolicyStatus, PolicyType

# Public on purpose: the demo world is refused in production, and production refuses a database that holds it.
PASSWORD = "insurenz-demo-passphrase"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """Somebody who signs in with PASSWORD; `works_for` are numbers of organisations."""

    email: str
    name: str
    role: Role
    sees: str
    level: int = 0
    works_for: tuple[str, ...] = ()

    @property
    def role_shown(self) -> str:
        """The role as the API names it."""
        return role_name(self.role, self.level)


@dataclass(frozen=True)
class Firm:
    """A hospital or payer."""

    number: str
    kind: Kind
    name: str


@dataclass(frozen=True)
class Cover:
    """A policy with PAY_001; an active one runs from a year before to a year after the first start."""

    number: str
    holder: str
    type: PolicyType
    amount: str
    status: PolicyStatus = PolicyStatus.ACTIVE


ADMIN = "admin@demo.example"
CURRENCY = "INR"
PAYER = "PAY_001"

FIRMS = (
    Firm("HOSP_001", Kind.HOSPITAL, "City Hospital"),
    Firm("HOSP_002", Kind.HOSPITAL, "Lakeside Clinic"),
    Firm("PAY_001", Kind.PAYER, "Suraksha General"),
    Firm("PAY_002", Kind.PAYER, "Health Insurance Ltd"),
)

PEOPLE = (
    Person("asha@demo.example", "Asha Nair", Role.POLICYHOLDER, "three policies of her own"),
    Person("vikram@demo.example", "Vikram Singh", Role.POLICYHOLDER, "one policy of his own"),
    Person(
        "desk@city.demo.example", "Nisha Kapoor", Role.HOSPITAL_USER, "City Hospital", works_for=("HOSP_001",)
    ),
    Person(
        "ward@city.demo.example",
        "Thomas Mathew",
        Role.HOSPITAL_USER,
        "City Hospital",
        works_for=("HOSP_001",),
    ),
    Person(
        "desk@lakeside.demo.example",
        "Farida Khan",
        Role.HOSPITAL_USER,
        "Lakeside Clinic",
        works_for=("HOSP_002",),
    ),
    Person(
        "priya@demo.example",
        "Priya Menon",
        Role.CLAIM_PROCESSOR,
        "claims of City Hospital",
        level=1,
        works_for=("HOSP_001",),
    ),
    Person(
        "rahul@demo.example",
        "Rahul Verma",
        Role.CLAIM_PROCESSOR,
        "claims of both hospitals",
        level=3,
        works_for=("HOSP_001", "HOSP_002"),
    ),
    Person(
        "meera@demo.example",
        "Meera Iyer",
        Role.CLAIM_PROCESSOR,
        "claims of Lakeside Clinic",
        works_for=("HOSP_002",),
    ),
    Person(
        "arjun@demo.example",
        "Arjun Rao",
        Role.CLAIM_PROCESSOR,
        "retail claims of Suraksha General",
        level=2,
        works_for=("PAY_001",),
    ),
    Person(ADMIN, "Lakshmi Pillai", Role.ADMIN, "everything"),
    Person("auditor@demo.example", "Sanjay Gupta", Role.AUDITOR, "everything, read only"),
)

COVERS = (
    Cover("POL-DEMO-0001", "asha@demo.example", PolicyType.MEDICAL, "500000"),
    Cover("POL-DEMO-0002", "asha@demo.example", PolicyType.VEHICLE, "300000"),
    Cover("POL-DEMO-0003", "asha@demo.example", PolicyType.MEDICAL, "400000", PolicyStatus.ENDED),
    Cover("POL-DEMO-0004", "vikram@demo.example", PolicyType.PROPERTY, "1000000"),
)


def years_from(day: date, years: int) -> date:
    """The same day so many years later; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def period(cover: Cover, today: date) -> tuple[date, date]:
    """First and last day of a policy in a demo world that is loaded today."""
    if cover.status == PolicyStatus.ENDED:
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return years_from(today, -1), years_from(today, 1)
