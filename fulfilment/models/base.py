"""What the rows of this app share."""

from django.db import models

from orders.models import Order


class RowsByOrder(models.QuerySet):
    def visible_to(self, user):
        """Rows of the orders the person may see."""
        return self.filter(order__in=Order.objects.visible_to(user))
