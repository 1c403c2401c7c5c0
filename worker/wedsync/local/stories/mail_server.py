"""A mail server on loopback that takes messages and sends them nowhere, or that is down."""

from __future__ import annotations

import email
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from threading import Thread


@dataclass(slots=True)
class Mailbox:
    """What was received; while `is_down`, each connection is turned away and counted."""

    is_down: bool = False
    turned_away: int = 0
    received: list[Message] = field(default_factory=list)

    def turns_away(self) -> bool:
        """Whether it is down; counts."""
        self.turned_away += self.is_down
        return self.is_down


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    """Serve SMTP on this port until the end of the block."""
    mailbox = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        timeout = 30.0

        def handle(self) -> None:
            # OSError: the other side has gone.
            with suppress(OSError):
                self._serve()

        def _serve(self) -> None:
            if mailbox.turns_away():
                self._say("421 the server is down")
                return
            self._say("220 wedsync demo")
            while line := self.rfile.readline(2000):
                verb = line[:4].strip().upper()
                if mailbox.turns_away():
                    self._say("421 the server is down")
                    return
                if verb == b"DATA":
                    self._say("354 go on")
                    mailbox.received.append(email.message_from_bytes(self._message()))
                    self._say("250 accepted")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 wedsync demo" if verb != b"EHLO" else "250 SIZE 1000000")

        def _message(self) -> bytes:
            lines = []
            while (line := self.rfile.readline(10_000)) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Session) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
