"""Addresses of this app."""

from django.urls import path

from notifications.views import pages, talk
from notifications.views.lists import OutgoingList

app_name = "notifications"
urlpatterns = [
    path("", OutgoingList.as_view(), name="list"),
    path("mailbox/", pages.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", pages.mail, name="mail"),
    path("orders/<str:number>/writing/", talk.writing, name="writing"),
    path("orders/<str:number>/contacts/", talk.contacts, name="contacts"),
    path("orders/<str:number>/no-answer/", talk.no_answer, name="no-answer"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("<int:pk>/sending/", pages.sending, name="sending"),
]
