"""Every address of the house. Who may open each is in tests/access/url_table.py; an address missing there fails the build."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from oms.access.steps import step_of
from oms.api import api
from oms.ops.views import audit, healthz

handler404 = "oms.api.not_found"

api_urls, api_app, api_namespace = api.urls
for pattern in api_urls:  # the API signs in by key (oms.intake.auth), not by session
    pattern.callback.login_required = False

urlpatterns = [
    path("api/v1/", (api_urls, api_app, api_namespace)),  # first: most requests of a busy day come here
    path("healthz", healthz, name="healthz"),
    path(
        "login/", LoginView.as_view(template_name="account/login.html", redirect_authenticated_user=True), name="login"
    ),
    path("logout/", step_of("home")(LogoutView.as_view()), name="logout"),
    path("favicon.ico", login_not_required(RedirectView.as_view(url="/static/ui/icons/favicon.svg")), name="favicon"),
    path("", include("reports.home_urls")),
    path("", include("orders.search_urls")),
    path("orders/", include("orders.urls")),
    path("imports/", include("orders.import_urls")),
    path("standing/blanket/", include("orders.blanket_urls")),
    path("standing/", include("orders.standing_urls")),
    path("customers/", include("orders.customer_urls")),
    path("warehouse/", include("fulfilment.urls")),
    path("stock/channels/", include("orders.telling_urls")),
    path("stock/files/", include("inventory.file_urls")),
    path("stock/stocktakes/", include("inventory.stocktake_urls")),
    path("stock/", include("inventory.urls")),
    path("rules/automatic/", include("orders.automatic_urls")),
    path("rules/routing/", include("orders.routing_urls")),
    path("purchases/", include("inventory.purchase_urls")),
    path("transfers/", include("inventory.transfer_urls")),
    path("assemblies/", include("inventory.assembly_urls")),
    path("payments/", include("payments.urls")),
    path("returns/", include("returns.urls")),
    path("messages/", include("notifications.urls")),
    path("reports/", include("reports.urls")),
    path("events/", include("oms.events.urls")),
    path("health/audit/", audit, name="audit"),
    path("inbox/", include("oms.intake.urls")),
    path("webhooks/", include("oms.webhooks.urls")),
    path("live/", include("oms.live.urls")),
    path("help/", include("oms.ui.urls")),
    path("admin/", admin.site.urls),
]
