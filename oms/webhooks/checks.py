"""Doctor: nothing owed to an endpoint that is on lies around."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

FAILING = 8  # failures in a row of one endpoint: about half an hour


@check("webhooks.stuck", "No webhook is parked, none is overdue, none is left in a dead worker's hands")
def stuck() -> Iterator[Finding]:
    yield from findings("""
        SELECT d.stream, format('%s of %s is %s after %s tries: %s', e.name, p.name, d.status, d.attempts, d.last_error)
        FROM webhooks_webhookdelivery d JOIN events_event e ON e.id = d.event_id
        JOIN webhooks_webhookendpoint p ON p.id = d.endpoint_id
        WHERE d.status = 'parked' OR p.is_active AND p.failures = 0 AND (
            d.status = 'sending' AND d.claimed_until < now() - interval '15 minutes'
            OR d.status = 'pending' AND d.next_at < now() - interval '15 minutes')
        ORDER BY d.id""")
    yield from findings(f"""
        SELECT p.name, format('%s failures in a row, %s waiting', p.failures, count(d.id))
        FROM webhooks_webhookendpoint p LEFT JOIN webhooks_webhookdelivery d
            ON d.endpoint_id = p.id AND d.status IN ('pending', 'sending')
        WHERE p.is_active AND p.failures >= {FAILING} GROUP BY p.id ORDER BY p.id""")  # noqa: S608  our own number
