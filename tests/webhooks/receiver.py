"""A real HTTP server in a thread that keeps what it was sent and answers as told."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`answers` are used up one per request, then 200; while `gate` is shut, no answer leaves."""

    answers: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    headers_back: dict[str, str] = field(default_factory=dict)
    body_back: bytes = b"thanks"
    reason_back: str | None = None  # of the status line; None: the usual words
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    server: Any = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=oms"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def up(self) -> None:
        receiver = self
        self.gate.set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()} | {"path": self.path}, body))
                receiver.arrived.set()
                receiver.gate.wait()
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200, receiver.reason_back)
                for name, value in receiver.headers_back.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.body_back)

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        self.gate.set()
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
