"""Every address and who may open it: a permission, or one of ANYONE, SIGNED_IN and KEY. An address missing here fails the build."""

ANYONE, SIGNED_IN, KEY = "anyone", "signed in", "api key"

# name: (method, who). Addresses of the Django admin are all admin.site and are walked by their index.
TABLE: dict[str, tuple[str, str]] = {
    "healthz": ("GET", ANYONE), "login": ("GET", ANYONE), "favicon": ("GET", ANYONE), "logout": ("POST", SIGNED_IN),
    "home": ("GET", "home.view"), "search": ("GET", "orders.view"), "reports:list": ("GET", "reports.view"),
    "orders:list": ("GET", "orders.view"), "orders:search": ("GET", "orders.view"), "orders:bulk": ("POST", "orders.view"),
    "orders:detail": ("GET", "orders.view"), "orders:history": ("GET", "orders.history"),
    "orders:confirmation": ("POST", "orders.view"), "orders:remainder": ("POST", "orders.view"),
    "orders:reopening": ("POST", "orders.view"), "orders:release": ("POST", "orders.view"),
    "orders:closure": ("POST", "orders.view"), "orders:cancellation": ("POST", "orders.view"),
    "orders:holds": ("POST", "orders.hold"), "orders:hold-clearance": ("POST", "orders.hold"),
    "orders:notes": ("POST", "orders.note"), "orders:assignment": ("POST", "orders.assign"),
    "fulfilment:pick-queue": ("GET", "fulfilment.view"), "fulfilment:pack-queue": ("GET", "fulfilment.view"),
    "fulfilment:dispatch-queue": ("GET", "fulfilment.view"), "fulfilment:shipments": ("GET", "fulfilment.view"),
    "fulfilment:shipment": ("GET", "fulfilment.view"), "fulfilment:shipment-moves": ("POST", "fulfilment.work"),
    "fulfilment:work": ("GET", "fulfilment.view"), "fulfilment:steps": ("POST", "fulfilment.work"),
    "returns:list": ("GET", "returns.view"), "returns:new": ("GET", "returns.request"), "returns:detail": ("GET", "returns.view"),
    "returns:decision": ("POST", "returns.decide"), "returns:transit": ("POST", "returns.request"),
    "returns:receipt": ("POST", "returns.receive"), "returns:inspection": ("POST", "returns.receive"),
    "returns:quarantine": ("POST", "returns.receive"), "returns:settlement": ("POST", "returns.decide"),
    "returns:closing": ("POST", "returns.decide"), "returns:cancellation": ("POST", "returns.request"),
    "returns:reopening": ("POST", "returns.request"),
    "notifications:list": ("GET", "messages.view"), "notifications:mailbox": ("GET", "messages.view"),
    "notifications:mail": ("GET", "messages.view"), "notifications:detail": ("GET", "messages.view"),
    "notifications:sending": ("POST", "messages.send"),
    "events:deliveries": ("GET", "ops.view"), "events:replay": ("POST", "ops.replay"),
    "ui:keys": ("GET", SIGNED_IN), "ui:settings": ("GET", SIGNED_IN), "ui:kit": ("GET", SIGNED_IN),
    "api:openapi-json": ("GET", ANYONE), "api:create_order": ("POST", KEY), "api:create_orders": ("POST", KEY),
    "api:read_order": ("GET", KEY), "api:api-root": ("GET", ANYONE), "admin:index": ("GET", "admin.site"),
}  # fmt: skip
