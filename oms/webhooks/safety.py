"""Where a webhook may go: to public https addresses. The demo may talk to this machine, over plain http too."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

from oms.kernel.errors import Refused

# Translations of IPv4 into IPv6 that Python counts as public: they would lead back inside.
TUNNELS = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


def fault_of_url(url: str) -> str:
    """Why `url` cannot be an endpoint, in a sentence; empty when it can."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is what checks it
    except ValueError:
        return "That is not a web address."
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        return "Enter a whole web address, such as https://example.com/hooks/oms."  # fmt: skip
    if parts.scheme != "https" and not settings.DEMO:
        return "Only https addresses are told anything: what we send is about customers."
    if parts.username is not None or parts.fragment:
        return "Leave user names, passwords and # parts out of the address; messages are signed instead."
    return ""


def address_of(host: str, port: int) -> str:
    """The IP address to call. Refuses names that lead into our own network, whichever of their addresses does.

    The caller connects to this very address: asking the name again could give another answer.
    """
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (socket.gaierror, UnicodeError):
        raise Refused("host_unknown", f"There is no host {host}.") from None
    if not settings.DEMO and any(not _is_public(str(a)) for a in found):
        raise Refused("address_private", f"{host} leads to a private or local address; only public ones are called.")
    return str(found[0])


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in TUNNELS if net.version == ip.version)
