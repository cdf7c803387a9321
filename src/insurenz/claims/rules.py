"""What the claim rules need besides the claim: definitions, windows, limits and zone, set up once per process."""

from dataclasses import dataclass

from insurenz.core.money import decimals
from insurenz.core.permissions import Actor, Role
from insurenz.core.settings import Claims as ClaimSettings
from insurenz.core.settings import Documents as DocumentLimits
from insurenz.core.settings import Settings
from insurenz.definitions.service import Definitions
from insurenz.documents.links import LinkSigner
from insurenz.workflow import Definition


@dataclass(frozen=True)
class Rules:
    """Immutable for the life of a process."""

    definitions: Definitions
    settings: ClaimSettings
    documents: DocumentLimits
    timezone: str
    signer: LinkSigner

    @classmethod
    def of(cls, settings: Settings, definitions: Definitions, signer: LinkSigner) -> "Rules":
        """The rules of an install."""
        return cls(definitions, settings.claims, settings.documents, settings.timezone, signer)

    def limit(self, actor: Actor, currency: str) -> int | None:
        """The most that the actor may approve, in minor units of a claim's currency; None is no limit."""
        if actor.role is not Role.CLAIM_PROCESSOR:
            return None
        whole = self.settings.limit(actor.level)
        return None if whole is None else whole * 10 ** decimals(currency)

    def definition(self, workflow: str, version: int) -> Definition:
        """The definition that a claim pins."""
        return self.definitions.pinned(workflow, version)
