"""What stops a start: a pinned definition whose text has changed."""


class PinnedTextChanged(Exception):
    """A definition has another text than the one its version was pinned with."""

    def __init__(self, name: str, version: int, *, next_version: int) -> None:
        super().__init__(
            f"The workflow definition {name} version {version} has another text than the one claims have pinned. "
            f"Put the earlier text back, or give the new text `version: {next_version}`."
        )
        self.name, self.version, self.next_version = name, version, next_version
