"""The public API, version 1: keys, scopes, problem+json errors, and the routers of the apps."""

import logging
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from oms.intake.apidoc import tell
from oms.intake.auth import KeyAuth
from oms.intake.problem import problem
from oms.kernel.errors import Busy, Refused
from oms.ui import lost

log = logging.getLogger(__name__)


class Api(NinjaAPI):
    def get_openapi_schema(self, **wanted: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**wanted)
        tell(document)
        return document


api = Api(
    title="OMS API",
    version="1.0",
    urls_namespace="api",
    description="Orders in, and what became of them. Errors are application/problem+json (RFC 9457).",
    auth=KeyAuth(),
    openapi_url="/openapi.json",
    docs_url=None,
)
api.add_router("/orders", "orders.api_router.router", tags=["orders"])
api.add_router("/stock", "inventory.api_stock.router", tags=["stock"])
api.add_router("/channel-stock", "orders.api_channel_stock.router", tags=["stock"])
api.add_router("/atp", "orders.api_atp.router", tags=["stock"])
api.add_router("/purchases", "inventory.api_purchases.router", tags=["purchases"])
api.add_router("/suppliers", "inventory.api_suppliers.router", tags=["suppliers who send to customers"])
api.add_router("/supplier-work", "fulfilment.api_suppliers.router", tags=["suppliers who send to customers"])
api.add_router("/transfers", "inventory.api_transfers.router", tags=["transfers"])
api.add_router("/stocktakes", "inventory.api_stocktakes.router", tags=["stocktakes and counts"])
api.add_router("/counts", "inventory.api_counts.router", tags=["stocktakes and counts"])
api.add_router("/kits", "inventory.api_kits.router", tags=["kits"])
api.add_router("/assemblies", "inventory.api_assemblies.router", tags=["assemblies"])
api.add_router("/recurring", "orders.api_recurring.router", tags=["recurring orders"])
api.add_router("/blanket", "orders.api_blanket.router", tags=["blanket orders"])
api.add_router("/hooks", "oms.intake.hooks.router", tags=["hooks"])


@api.exception_handler(AuthenticationError)
def _unauthorised(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(401, "unauthorized", "Send a valid API key: Authorization: Bearer oms_…")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Point at each field as a JSON pointer into the body."""
    fields = [
        {"pointer": "/" + "/".join(str(part) for part in e["loc"][2:]), "detail": e["msg"], "in": str(e["loc"][0])}
        for e in error.errors
    ]
    return problem(422, "invalid", "The request does not have the expected shape.", errors=fields)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    status = 404 if error.code.endswith("_not_found") else 409
    return problem(status, error.code, error.message)


@api.exception_handler(Busy)
def _busy(request: HttpRequest, error: Busy) -> HttpResponse:
    answer = problem(503, "busy", str(error))
    answer["Retry-After"] = "1"
    return answer


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database went away or cannot work just now, perhaps after it did what was asked: the same key finds out."""
    log.error("The database failed an API request", exc_info=error)
    answer = problem(503, "database_away", "The database does not answer. Repeat the request with its Idempotency-Key.")
    answer["Retry-After"] = "5"
    return answer


@api.exception_handler(DataError)
def _unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    return problem(422, "value_impossible", "A value holds a NUL character or a number out of range.")


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, "http_error", str(error))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: a page for people; for programs, whose address fits no operation, a problem as everywhere."""
    if request.path.startswith("/api/"):
        return problem(404, "address_unknown", "This address is none of the operations in /api/v1/openapi.json.")
    return lost.not_found(request, exception)
