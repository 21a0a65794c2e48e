"""The pages of a dosing day."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.session import views

urlpatterns = [
    path("chairs/board/", views.chair_board, name="chair_board"),
    path("chairs/board/part/", views.chair_board_part, name="chair_board_part"),
    path("courses/<uuid:course_id>/sessions/new/", views.session_new, name="session_new"),
    path("sessions/<uuid:session_id>/", views.session, name="session"),
    path("sessions/<uuid:session_id>/watch/", views.session_watch, name="session_watch"),
    path("sessions/<uuid:session_id>/part/", views.session_part, name="session_part"),
    path("sessions/<uuid:session_id>/record/<slug:what>/", views.session_record, name="session_record"),
    path("sessions/<uuid:session_id>/order/", views.session_order, name="session_order"),
    path("sessions/<uuid:session_id>/order/check/", views.session_check, name="session_check"),
    path("sessions/<uuid:session_id>/gate/", views.session_gate, name="session_gate"),
    path("sessions/<uuid:session_id>/gate/second/", views.session_second_word, name="session_second_word"),
    path("sessions/<uuid:session_id>/leave/", views.session_leave, name="session_leave"),
    path("sessions/<uuid:session_id>/end/", views.session_end, name="session_end"),
    path("sessions/<uuid:session_id>/instructions/", views.session_instructions, name="session_instructions"),
    path("sessions/<uuid:session_id>/log/", views.session_log, name="session_log"),
    path(
        "sessions/<uuid:session_id>/log/<uuid:event_id>/correct/",
        views.session_correct,
        name="session_correct",
    ),
    path("me/sessions/<uuid:session_id>/", views.own_session, name="own_session"),
]
