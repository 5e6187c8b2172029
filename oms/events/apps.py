from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "oms.events"
    label = "events"

    def ready(self) -> None:
        from oms.events import personal  # noqa: F401  it registers itself
        from oms.live import feed  # noqa: F401  so does it
