"""Receivers that take whatever comes, on threads of a process of their own.

receivers.py SMTP_PORT HTTP_PORT      until it is ended
"""

import socketserver
import sys
import threading
from collections.abc import Iterator
from typing import Any


class Smtp(socketserver.BaseRequestHandler):
    """Takes every mail. As most servers do it lets itself be told several things at once, and answers them at once."""

    def handle(self) -> None:
        """A conversation of any number of mails."""
        self._said = b"220 ready\r\n"
        lines = self._lines()
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                self._said += b"354 go on\r\n"
                while next(lines, b".\r") != b".\r":
                    pass
            if word == b"EHLO":
                self._said += b"250-receiver\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n"
            else:
                self._said += b"250 2.0.0 ok\r\n"

    def _lines(self) -> Iterator[bytes]:
        """Each line that comes; what is to be said is said when no further one is there."""
        rest = b""
        while True:
            *lines, rest = rest.split(b"\n")
            yield from lines
            self.request.sendall(self._said)
            self._said = b""
            if not (received := self.request.recv(65536)):
                return
            rest += received


class Http(socketserver.StreamRequestHandler):
    """Takes every POST, one after the other on a connection."""

    def handle(self) -> None:
        """As many as come."""
        while self.rfile.readline():
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)
            self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


class Server(socketserver.ThreadingTCPServer):
    """One thread for each connection."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64
    disable_nagle_algorithm = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever sends may hang up whenever it likes."""


def main() -> None:
    """Receive until it is ended."""
    smtp, http = (
        Server(("127.0.0.1", int(port)), handler)
        for port, handler in zip(sys.argv[1:], (Smtp, Http), strict=True)
    )
    threading.Thread(target=smtp.serve_forever, daemon=True).start()
    http.serve_forever()


if __name__ == "__main__":
    main()
