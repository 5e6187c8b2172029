"""What is due by the clock."""

from celery import shared_task

from inventory.actions import alert
from inventory.actions.alert_mail import mail_alerts
from inventory.actions.stocktakes import posting
from inventory.imports import desk


@shared_task
def watch_levels() -> int:
    """Raise and clear alerts of low stock, and mail the new ones."""
    raised, cleared = alert.check_levels()
    mail_alerts()
    return raised + cleared


@shared_task
def run_stock_files() -> int:
    """Check or write files of products and stock that people brought; runs of workers that died included."""
    return desk.run_due()


@shared_task
def post_stocktakes() -> int:
    """Post stocktakes of many differences; those whose worker died included."""
    return posting.run_due()
