"""What rules run on."""

from __future__ import annotations

from django.urls import path

from upwell.office.knowledge import views

urlpatterns = [
    path("knowledge/", views.overview, name="knowledge"),
    path("knowledge/take-along/", views.take_along, name="knowledge_take_along"),
    path("knowledge/version/<str:version>/", views.version, name="knowledge_version"),
    path("knowledge/policies/", views.policies, name="policies"),
    path("knowledge/policies/<path:name>", views.policy, name="policy"),
    path("knowledge/why/<str:rule>/", views.why, name="why"),
    path("knowledge/instruments/", views.instruments, name="instruments"),
    path("knowledge/instruments/<str:instrument_id>/", views.instrument, name="instrument"),
    path("knowledge/files/", views.files, name="knowledge_files"),
    path("knowledge/files/<path:name>", views.file, name="knowledge_file"),
]
