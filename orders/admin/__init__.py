"""What admins configure about the order desk; Django finds it by this name."""

from orders.admin import desk, selling

__all__ = ["desk", "selling"]
