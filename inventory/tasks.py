"""What is due by the clock."""

from celery import shared_task

from inventory.actions import alert
from inventory.actions.alert_mail import mail_alerts


@shared_task
def watch_levels() -> int:
    """Raise and clear alerts of low stock, and mail the new ones."""
    raised, cleared = alert.check_levels()
    mail_alerts()
    return raised + cleared
