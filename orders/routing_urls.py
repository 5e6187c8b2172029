"""Addresses of the routing rules."""

from django.urls import path

from orders.views import routing

app_name = "routing"
urlpatterns = [
    path("", routing.versions, name="versions"),
    path("drafts/", routing.new_draft, name="new-draft"),
    path("replays/<int:pk>/", routing.progress, name="replay"),
    path("<int:version>/", routing.policy, name="policy"),
    path("<int:version>/steps/", routing.step, name="steps"),
]
