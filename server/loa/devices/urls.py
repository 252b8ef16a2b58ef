# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.devices import list_views, views
from loa.devices.network import export_views
from loa.devices.network import views as network

app_name = "devices"
urlpatterns = [
    path("", views.listing, name="listing"),
    path("danh-sach/", list_views.lists, name="lists"),
    path("them/", views.add, name="add"),
    path("them/<uuid:enrolment_id>/", views.approve, name="approve"),
    path("them/<uuid:enrolment_id>/tu-choi/", views.refuse, name="refuse"),
    path("<uuid:device_id>/", views.device, name="device"),
    path("<uuid:device_id>/nghe/", views.listen, name="listen"),
    path("<uuid:device_id>/doi-ten/", views.rename, name="rename"),
    path("<uuid:device_id>/may-thu/", views.set_test, name="set_test"),
    path("<uuid:device_id>/ngung-dung/", views.retire, name="retire"),
    path("con-ton/<int:pk>/da-go/", views.confirm_gone, name="confirm_gone"),
    path("<uuid:device_id>/thay-may/", views.replace, name="replace"),
    path("su-viec/", network.incidents, name="incidents"),
    path("su-viec/<int:incident_id>/", network.incident, name="incident"),
    path("su-viec/<int:incident_id>/nhan/", network.take_incident, name="take_incident"),
    path("su-viec/<int:incident_id>/ghi/", network.note_incident, name="note_incident"),
    path("su-viec/<int:incident_id>/dong/", network.close_incident, name="close_incident"),
    path("ty-le/", network.rates, name="rates"),
    path("xuat-so/", export_views.export, name="export"),
]
