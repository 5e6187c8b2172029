"""Every endpoint under /orders. They share one router, because one address may answer to GET here and to POST there."""

from orders import api_amend, api_files, api_read, api_split, api_work  # noqa: F401  they add their endpoints
from orders.api import router

__all__ = ["router"]
