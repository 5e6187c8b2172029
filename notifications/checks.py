"""What must always be true of messages."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings


@check("messages.stuck", "No message failed for good, none waits or is being sent for too long")
def stuck() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s to %s is %s after %s tries: %s', m.template_key, m.to, m.status, m.attempts, m.error)
        FROM notifications_outgoingmessage m JOIN orders_order o ON o.id = m.order_id
        WHERE m.status = 'failed' OR m.status = 'queued' AND m.next_at < now() - interval '15 minutes'
           OR m.status = 'sending' AND m.claimed_until < now() - interval '15 minutes' ORDER BY m.id""")


@check("messages.questions", "Every order knows its first unanswered customer message")
def questions() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('order says %s, its messages say %s', o.answer_due_at, m.first)
        FROM orders_order o LEFT JOIN (SELECT order_id, min(due_at) first FROM notifications_customermessage
             WHERE direction = 'in' AND answered_at IS NULL GROUP BY 1) m ON m.order_id = o.id
        WHERE o.answer_due_at IS DISTINCT FROM m.first ORDER BY o.id""")
