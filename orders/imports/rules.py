"""What must be true of a locked import before something is done with it."""

from oms.kernel.errors import Refused
from orders.models import ImportBatch


def require_idle(batch: ImportBatch) -> None:
    """Refuse while a worker is at it."""
    if batch.is_running:
        raise Refused("import_running", f"{batch.number} is being worked on; wait until it is through, or stop it.")


def require_files(batch: ImportBatch) -> None:
    """Refuse what reads its files once they are kept no longer."""
    if batch.forgotten_at:
        raise Refused("import_forgotten", f"The files of {batch.number} are not kept any more. Upload them again.")
