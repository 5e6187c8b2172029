"""What a customer would read when the day of their waiting units moves. A draft: a person sends it, or does not."""

from orders.models import StockPromise


def draft_message(promise: StockPromise) -> str:
    """Plain text about one line; empty while no day can be promised."""
    if promise.due_on is None or promise.due_on == promise.promised_on:
        return ""
    goods = f"{promise.qty} × {promise.line.name}"
    was = f" instead of {promise.promised_on.day} {promise.promised_on:%B}" if promise.promised_on else ""
    news = (
        "earlier than planned" if promise.promised_on and promise.due_on < promise.promised_on else "later than planned"
    )
    return (
        f"A part of your order comes {news}: {goods} will be with us on {promise.due_on.day} {promise.due_on:%B}{was}, "
        f"and we send them on at once. You need not do anything. If the new day does not suit you, answer this message "
        f"and we find another way, or cancel these items without any cost."
    )
