"""A line to a server that breaks in the middle of what is sent over it, as a phone's does."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 4096
METHODS = (b"GET /", b"HEAD ", b"POST ", b"PUT /", b"PATCH", b"DELET")


class Line:
    """Passes on what comes to its port; told to, it breaks under every upload when so many bytes of it have passed.

    Under every one, for a browser sends a request again by itself when an older connection breaks.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._breaks_after: int | None = None
        self._left: int | None = None
        self.breaks = 0
        # Of files that are sent in pieces.
        self.passed = 0

    def break_after(self, count: int) -> None:
        """Let uploads come so far and no further."""
        self._breaks_after = count

    def let_pass(self, count: int) -> None:
        """Let so many bytes of files pass that are sent in pieces, over whatever connections, and no more."""
        self._left = count

    def mend(self) -> None:
        """Pass on everything again."""
        self._breaks_after = self._left = None
        self.passed = 0

    def serve(self) -> None:
        """Take connections until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to_port))
                for work in (self._pass_on, self._bring_back):
                    threading.Thread(target=work, args=(client, server), daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        self._pass_on_until_it_breaks(client, server)
        # With a farewell: what has passed the break comes to the server, however late it reads it.
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _pass_on_until_it_breaks(self, client: socket.socket, server: socket.socket) -> None:
        passed: int | None = None
        is_piece = False
        with suppress(OSError):
            while piece := client.recv(PIECE):
                if piece[:5] in METHODS:
                    is_piece = piece.startswith(b"PATCH /uploads/")
                if is_piece and not self._passes(len(piece)):
                    _hang_up(client)
                    break
                if self._breaks_after is not None and piece.startswith(b"POST /uploads "):
                    passed = 0
                server.sendall(piece)
                passed = passed if passed is None else passed + len(piece)
                if passed is not None and self._breaks_after is not None and passed >= self._breaks_after:
                    self.breaks += 1
                    _hang_up(client)
                    break

    def _passes(self, count: int) -> bool:
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                self.breaks += 1
                return False
        self.passed += count
        return True

    def _bring_back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE):
                client.sendall(piece)
        _hang_up(client)
        server.close()


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        # Without a farewell: a reset, as when the network is gone.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def line(to_port: int) -> Iterator[Line]:
    """A line to a server, closed at the end."""
    made = Line(to_port)
    threading.Thread(target=made.serve, daemon=True).start()
    yield made
    made.close()
