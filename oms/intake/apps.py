from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "oms.intake"
    label = "intake"

    def ready(self) -> None:
        from oms.intake import personal  # noqa: F401  it registers itself
