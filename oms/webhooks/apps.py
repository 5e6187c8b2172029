from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "oms.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from oms.webhooks import checks, owe, personal  # noqa: F401  they register themselves
