"""One HTTP call: short timeouts, no redirects, no proxies, to the address that was checked and no other."""

import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from oms.kernel.errors import Refused
from oms.webhooks.safety import address_of, fault_of_url

CONNECT, READ, WHOLE = 3, 10, 20  # seconds; WHOLE ends a receiver that drips byte by byte
KEPT = 1024  # of the answer


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when there was none; `error` says why in words."""

    status: int
    body: str = ""
    error: str = ""


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """POST and return what came back. Never raises for what the other side does."""
    if fault := fault_of_url(url):
        return Answer(0, error=fault)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        connection = _Checked(host, port, address=address_of(host, port), secure=parts.scheme == "https")
        return _exchange(connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
    except Refused as refused:
        return Answer(0, error=refused.message)
    except TimeoutError:
        return Answer(0, error=f"No answer within {READ} seconds.")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, error=f"{type(error).__name__}: {error}"[:300])


def _exchange(connection: "_Checked", path: str, body: bytes, headers: dict[str, str]) -> Answer:
    watchdog = threading.Timer(WHOLE, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        kept = answer.read(KEPT).decode("utf-8", "replace")
    finally:
        watchdog.cancel()
        connection.close()
    error = "" if 200 <= answer.status < 300 else f"It answered {answer.status} {answer.reason}"[:200].strip() + "."
    return Answer(answer.status, kept, error)


class _Checked(http.client.HTTPConnection):
    """Connects to `address`; the name stays in the Host header and in the certificate check."""

    def __init__(self, host: str, port: int, *, address: str, secure: bool) -> None:
        super().__init__(host, port, timeout=READ)
        self.address, self.secure = address, secure
        self.default_port = 443 if secure else 80  # http.client leaves it out of the Host header

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), CONNECT)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(READ)

    def cut(self) -> None:
        if sock := self.sock:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already
