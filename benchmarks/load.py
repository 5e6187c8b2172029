"""HTTP clients over kept-alive connections. The bytes of every request are made before the clock starts."""

import itertools
import socket
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came of one run: latencies in seconds, answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    failed: str = ""

    def at(self, share: float) -> float:
        """The latency below which `share` of the answers came, in ms."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


class Connection:
    """A bare HTTP/1.1 client: it costs the machine little, so that the server is what is measured."""

    def __init__(self, port: int) -> None:
        self.port, self.rest = port, b""
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        self.socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        body = data[end + 4 :]
        while len(body) < length:
            body += self._more()
        if b"connection: close" in head:
            self.socket.close()
            self.open()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        if not (more := self.socket.recv(65536)):
            raise ConnectionError("the server closed the connection")
        return more


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST as it goes over the wire."""
    sent = {"Host": "127.0.0.1", **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def post(path: str, key: str, once: str, body: bytes) -> bytes:
    """A request to our API, made once per `once`."""
    return request(
        path, body, {"Authorization": f"Bearer {key}", "Idempotency-Key": once, "Content-Type": "application/json"}
    )


def run(port: int, requests: list[bytes], clients: int, seconds: float) -> Load:
    """Send `requests` with `clients` at once until `seconds` are over or there are no more."""
    load, next_one = Load(), itertools.count()
    start = threading.Barrier(clients + 1)
    deadline = [0.0]

    def client() -> None:
        connection = Connection(port)
        start.wait()
        while (began := time.perf_counter()) < deadline[0] and (i := next(next_one)) < len(requests):
            try:
                status, body = connection.send(requests[i])
            except OSError as error:
                load.failed = load.failed or f"{type(error).__name__}: {error}"
                return
            load.latencies.append(time.perf_counter() - began)
            load.statuses[status] = load.statuses.get(status, 0) + 1
            if status >= 300 and not load.failed:
                load.failed = f"{status}: {body[:300].decode(errors='replace')}"

    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    deadline[0] = time.perf_counter() + seconds
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - began
    return load
