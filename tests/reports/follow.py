"""Every number of a home with the address it leads to."""

from django.test import Client

from oms.access.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def numbers_of(context) -> list[tuple[str, int, str]]:
    """(what, number, address) of every figure, queue, bar and table cell of a home."""
    found = [(f.label, f.value, f.url) for f in context["figures"]]
    found += [(q.title, q.count, q.url) for q in context.get("queues") or []]
    for bars in ("stage_bars", "causes", "pending"):
        found += [(b.label, b.value, b.url) for b in context.get(bars) or []]
    for s in context.get("sources") or []:
        found += [(s.name, s.orders, s.url), (f"{s.name} late", s.late, f"{s.url}&missed=on")]
        found.append((f"{s.name} returned", s.returned, f"{s.url}&returned=on"))
    return found


def untrue_numbers(user: User, role: str = "") -> list[str]:
    """Follow every number of the user's home; a sentence for each whose list has another number of rows."""
    client = signed_in(user)
    wrong = []
    for what, number, url in numbers_of(client.get("/", {"as": role} if role else {}).context):
        listed = client.get(url).context["total"]
        if int(listed.value if hasattr(listed, "value") else listed) != number:
            wrong.append(f"{what}: {number} leads to {url} with {listed}")
    return wrong
