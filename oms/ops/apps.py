from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "oms.ops"
    label = "ops"
