from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "oms.events"
    label = "events"

    def ready(self) -> None:
        from oms.live import feed  # noqa: F401  it registers itself
