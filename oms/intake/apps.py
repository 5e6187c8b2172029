from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "oms.intake"
    label = "intake"
