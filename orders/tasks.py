"""Celery entry points of the order desk: sweeps that find what is due in the database."""

from celery import shared_task

from orders.actions import automate, expire, recurring_place
from orders.actions.allocate import serve_waiting
from orders.actions.erase_old import erase_old as erase_old_data
from orders.actions.make import plan_what_waits
from orders.actions.promise import promise_waiting
from orders.actions.rate import value_waiting
from orders.files import sweep
from orders.imports import batches
from orders.replay import run as replays
from orders.sharing.desk import left_lying
from orders.telling.look import tell_channels


@shared_task
def expire_reservations() -> int:
    return expire.expire_reservations()


@shared_task
def release_timed_holds() -> int:
    return expire.release_timed_holds()


@shared_task
def ask_suppliers() -> int:
    """Let orders whose supplier is late say so: a day that passed is nobody's change."""
    return expire.ask_suppliers()


@shared_task
def close_settled() -> int:
    return expire.close_settled()


@shared_task
def make_routine_steps() -> int:
    """Confirm and release what rules may, orders whose nudge was lost or whose time has come included."""
    return automate.make_routine_steps()


@shared_task
def run_imports() -> int:
    """Check or import what people uploaded; runs of workers that died included."""
    return batches.run_due()


@shared_task
def place_recurring() -> int:
    """Place the recurring orders whose moment has come."""
    return recurring_place.place_due()


@shared_task
def run_replays() -> int:
    """Try routing drafts on past orders; runs of workers that died included."""
    return replays.run_due()


@shared_task
def promise_stock() -> int:
    """Plan what makes itself, and give every waiting line its day: orders placed or cancelled since move the queue."""
    plan_what_waits(actor="Production rule")
    for sku in left_lying():
        serve_waiting(sku, actor="Stock promises")
    return promise_waiting(actor="Stock promises", reason="The queue moved")


@shared_task
def tell_stock() -> int:
    """Tell every channel that asks what it may sell by now, and the channels' subscribers."""
    return tell_channels()


@shared_task
def value_orders() -> int:
    """Give orders without an exchange rate that of their day, where somebody has entered it by now."""
    valued = 0
    while done := value_waiting(actor="Exchange rates"):
        valued += done
    return valued


@shared_task
def erase_old() -> int:
    """Erase personal data kept as long as the house keeps it, if it has such a rule."""
    return erase_old_data()


@shared_task
def sweep_files() -> int:
    """Delete files that no order has."""
    return sweep.sweep_files()
