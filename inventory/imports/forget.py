"""Files of products and stock are not kept for ever: the ledger and the history tell what they did."""

from datetime import datetime

from inventory.models import StockFile
from oms.kernel.clock import now


def forget_files(before: datetime) -> int:
    """Empty the files whose last run ended before the moment; their figures and what people put right stay. How many went."""
    old = StockFile.objects.filter(finished_at__lt=before, forgotten_at__isnull=True)
    return old.update(content=b"", rejects_file="", shown=[], left_out=[], forgotten_at=now())
