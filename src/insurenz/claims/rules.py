"""What the claim rules need besides the claim: definitions, windows, limits and zone, set up once per process."""

from dataclasses import dataclass

from insurenz.core.money import parse_amount
from insurenz.core.settings import Claims as ClaimSettings
from insurenz.core.settings import Documents as DocumentLimits
from insurenz.core.settings import Settings
from insurenz.documents.links import LinkSigner
from insurenz.workflow import Definition, Registry


@dataclass(frozen=True)
class Rules:
    """Immutable for the life of a process."""

    registry: Registry
    settings: ClaimSettings
    documents: DocumentLimits
    timezone: str
    limits: tuple[int | None, ...]
    signer: LinkSigner

    @classmethod
    def of(cls, settings: Settings, registry: Registry, signer: LinkSigner) -> "Rules":
        """The rules of an install."""
        currency = settings.claims.currency
        whole = [settings.approval_limit(level) for level in range(5)]
        limits = tuple(None if n is None else parse_amount(n, currency, "limit") for n in whole)
        return cls(registry, settings.claims, settings.documents, settings.timezone, limits, signer)

    def definition(self, workflow: str, version: int) -> Definition:
        """The definition that a claim pins."""
        return self.registry.pinned(workflow, version)
