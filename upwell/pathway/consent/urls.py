"""The pages of consent."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.consent import views

MINE = "me/consent/<uuid:consent_id>"
TOGETHER = "courses/<uuid:course_id>/consent/<uuid:consent_id>"

urlpatterns = [
    path("me/consent/", views.my_consents, name="my_consents"),
    path(f"{MINE}/", views.my_consent, name="my_consent"),
    path(f"{MINE}/read/<int:number>/", views.my_chapter, name="my_consent_chapter"),
    path(f"{MINE}/question/<int:number>/", views.my_question, name="my_consent_question"),
    path(f"{MINE}/sign/", views.my_signature, name="my_consent_signature"),
    path(f"{MINE}/take-back/", views.my_withdrawal, name="my_consent_withdrawal"),
    path(f"{MINE}/pdf/", views.my_pdf, name="my_consent_pdf"),
    path("courses/<uuid:course_id>/consent/", views.course_consent, name="course_consent"),
    path("courses/<uuid:course_id>/consent/offer/", views.offer, name="consent_offer"),
    path(f"{TOGETHER}/read/<int:number>/", views.chapter, name="consent_chapter"),
    path(f"{TOGETHER}/question/<int:number>/", views.question, name="consent_question"),
    path(f"{TOGETHER}/sign/", views.signature, name="consent_signature"),
    path(f"{TOGETHER}/take-back/", views.withdrawal, name="consent_withdrawal"),
    path(f"{TOGETHER}/heard/", views.heard, name="consent_heard"),
    path(f"{TOGETHER}/pdf/", views.pdf, name="consent_pdf"),
]
