"""What the rows of this app share."""

from django.db import connection, models

from orders.models import Order


def next_number(prefix: str, sequence: str) -> str:
    """A public number from its sequence; gaps are allowed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return f"{prefix}-{cursor.fetchone()[0]}"


class RowsByOrder(models.QuerySet):
    def visible_to(self, user):
        """Rows of the orders the person may see."""
        return self.filter(order__in=Order.objects.visible_to(user))
