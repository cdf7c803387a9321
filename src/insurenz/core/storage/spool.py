"""The local file that an object is written to before it is stored."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from insurenz.core.ids import new_id
from insurenz.core.storage.base import StoreFailed


class Spool:
    """A file in the folder of spools; made by the first `write`, so that what is refused at once leaves no trace."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / new_id()
        self._file: BinaryIO | None = None

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces; raises StoreFailed when the disk does not take them."""
        with disk_errors():
            if self._file is None:
                self._file = self.path.open("xb", buffering=0)
            for piece in pieces:
                _write_all(self._file, piece)

    def abort(self) -> None:
        """Remove what was written so far."""
        if self._file is not None:
            self._file.close()
            with disk_errors():
                self.path.unlink(missing_ok=True)

    def _written(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("nothing was written")
        return self._file


def leftovers(folder: Path, older_than: datetime) -> Iterator[Path]:
    """The spools of a folder that nobody has written to since."""
    with disk_errors(), os.scandir(folder) as found:
        for each in found:
            # Another process may finish with its spool at this moment.
            with suppress(FileNotFoundError):
                if each.stat().st_mtime < older_than.timestamp():
                    yield Path(each.path)


@contextmanager
def disk_errors() -> Iterator[None]:
    """What the disk refuses, as StoreFailed."""
    try:
        yield
    except OSError as error:
        raise StoreFailed(os.strerror(error.errno) if error.errno else type(error).__name__) from error


def _write_all(file: BinaryIO, piece: bytes | memoryview) -> None:
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]
