"""The screens' shared language: shell, tags, list pages."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "oms.ui"
    label = "ui"
    verbose_name = "Screens"
