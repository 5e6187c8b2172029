"""The public API, version 1."""

from ninja import NinjaAPI

api = NinjaAPI(title="OMS API", version="1.0", urls_namespace="api")
