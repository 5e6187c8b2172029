"""Words learned from corrections: what people call a product in their messages."""

from django.db import models
from simple_history.models import HistoricalRecords

from inventory.models import Product
from oms.kernel.models import Stamped
from orders.models.customer import Customer


class ChatAlias(Stamped):
    """`words` (as orders.chat.catalogue.alias_key writes them) mean `product` when this customer, or anybody, says them."""

    words = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="chat_aliases",
        help_text="Empty: everybody.",
    )
    taught_by = models.CharField(max_length=80, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["words"]
        verbose_name_plural = "chat aliases"
        constraints = [
            models.UniqueConstraint(fields=["words", "customer"], name="chat_alias_once", nulls_distinct=False),
            models.CheckConstraint(name="chat_alias_words_not_blank", condition=~models.Q(words="")),
        ]

    def __str__(self) -> str:
        return f"“{self.words}” is {self.product_id}"
