from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from fulfilment.models import Carrier


@admin.register(Carrier)
class CarrierAdmin(SimpleHistoryAdmin):
    list_display = ("name", "code", "answer_hours", "claim_days", "is_active")
