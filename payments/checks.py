"""What must always be true of money."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings


@check("payments.order_sums", "An order's money columns are the sums of its payments")
def order_sums() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('order says paid %s, refunded %s, verifying %s, authorised %s, disputed %s, COD %s; '
                 'payments say %s, %s, %s, %s, %s, %s', o.paid_total, o.refunded_total, o.verifying_total,
                 o.authorized_total, o.disputed_total, o.cod_outstanding, coalesce(p.paid, 0), coalesce(p.refunded, 0),
                 coalesce(p.verifying, 0), coalesce(p.authorized, 0), coalesce(p.disputed, 0), coalesce(p.cod, 0))
        FROM orders_order o LEFT JOIN (
          SELECT order_id, sum(captured_amount) paid, sum(refunded_amount) refunded,
                 sum(amount) FILTER (WHERE status = 'verification_pending') verifying,
                 sum(amount) FILTER (WHERE status = 'authorized') authorized,
                 sum(captured_amount - refunded_amount) FILTER (WHERE status = 'disputed') disputed,
                 sum(amount) FILTER (WHERE status IN ('cod_due', 'cod_collected')) cod,
                 bool_or(status = 'failed') failed
          FROM payments_payment GROUP BY 1) p ON p.order_id = o.id
        WHERE (o.paid_total, o.refunded_total, o.verifying_total, o.authorized_total, o.disputed_total,
               o.cod_outstanding, o.has_failed_payment)
          <> (coalesce(p.paid, 0), coalesce(p.refunded, 0), coalesce(p.verifying, 0), coalesce(p.authorized, 0),
              coalesce(p.disputed, 0), coalesce(p.cod, 0), coalesce(p.failed, false))
        ORDER BY o.id""")


@check("payments.facts", "Received and refunded amounts are the sums of the facts")
def facts() -> Iterator[Finding]:
    yield from findings("""
        SELECT p.number, format('received %s, refunded %s; facts say %s, %s', p.captured_amount, p.refunded_amount,
                                coalesce(f.captured, 0), coalesce(f.refunded, 0))
        FROM payments_payment p LEFT JOIN (
          SELECT payment_id, sum(amount) FILTER (WHERE kind = 'captured') captured,
                 sum(amount) FILTER (WHERE kind = 'refunded') refunded
          FROM payments_paymentevent GROUP BY 1) f ON f.payment_id = p.id
        WHERE p.captured_amount <> coalesce(f.captured, 0) OR p.refunded_amount <> coalesce(f.refunded, 0)
        ORDER BY p.id""")


@check("payments.refund_bound", "Refunds add up to their parts, and a payment's parts to what it gave and holds back")
def refund_bound() -> Iterator[Finding]:
    yield from findings("""
        SELECT p.number, format('received %s, refunded %s, under way %s; refunds say %s refunded, %s under way',
                 p.captured_amount, p.refunded_amount, p.pending_refund_amount, coalesce(r.done, 0), coalesce(r.open, 0))
        FROM payments_payment p LEFT JOIN (
          SELECT t.payment_id, sum(t.amount) FILTER (WHERE r.status = 'succeeded') done,
                 sum(t.amount) FILTER (WHERE r.status IN ('requested', 'approved', 'sent')) open
          FROM payments_refundpart t JOIN payments_refund r ON r.id = t.refund_id GROUP BY 1) r ON r.payment_id = p.id
        WHERE p.refunded_amount <> coalesce(r.done, 0) OR p.pending_refund_amount <> coalesce(r.open, 0)
           OR p.refunded_amount + p.pending_refund_amount > p.captured_amount
        ORDER BY p.id""")
    yield from findings("""
        SELECT r.number, format('refund of %s has parts of %s', r.amount, coalesce(sum(t.amount), 0))
        FROM payments_refund r LEFT JOIN payments_refundpart t ON t.refund_id = r.id
        GROUP BY r.id HAVING r.amount <> coalesce(sum(t.amount), 0) ORDER BY r.id""")


@check(
    "payments.other_way",
    "A refund by another way than the money came has its reason and was approved by a second person",
)
def other_way() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, format('goes back by %s: asked for by %s, approved by %s, because “%s”', way,
                              coalesce(requested_by_id::text, 'nobody'), coalesce(approved_by_id::text, 'nobody'), way_reason)
        FROM payments_refund WHERE way <> '' AND (
          way_reason = '' OR way_to = '' OR requested_by_id IS NULL
          OR (status IN ('approved', 'sent', 'succeeded', 'failed')
              AND (approved_by_id IS NULL OR approved_by_id = requested_by_id)))
        ORDER BY id""")


@check(
    "payments.written_off", "Only orders of which something is lost have an amount written off, at most all they cost"
)
def written_off() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, format('%s written off of %s, %s units lost', written_off_total, total, qty_written_off)
        FROM orders_order
        WHERE written_off_total < 0 OR (written_off_total > 0 AND qty_written_off = 0)
           OR written_off_total > greatest(total - cancelled_total, 0) ORDER BY id""")


@check("payments.future", "No payment arrived in the future")
def future() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, format('received at %s', received_at) FROM payments_payment
        WHERE received_at > now() + interval '25 hours' ORDER BY id""")
