from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "oms.ops"
    label = "ops"

    def ready(self) -> None:
        from oms.ops import personal  # noqa: F401  it registers itself
        from oms.ops.doctor import kernel  # noqa: F401  checks register themselves
