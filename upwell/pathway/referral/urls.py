"""The pages of referral."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.referral import views

urlpatterns = [
    path("patients/<uuid:patient_id>/refer/", views.referral_new, name="referral_new"),
    path("referrals/", views.referrals, name="referrals"),
    path("referrals/<uuid:referral_id>/", views.referral, name="referral"),
    path("referrals/<uuid:referral_id>/decide/", views.referral_decide, name="referral_decide"),
    path("referrals/<uuid:referral_id>/withdraw/", views.referral_withdraw, name="referral_withdraw"),
    path("referrals/<uuid:referral_id>/agreed/", views.referral_agreed, name="referral_agreed"),
    path("referrals/<uuid:referral_id>/noted/", views.referral_noted, name="referral_noted"),
    path("me/referrals/<uuid:referral_id>/", views.my_referral, name="my_referral"),
    path("me/sharing/", views.sharing, name="sharing"),
    path("me/sharing/end/", views.sharing_end, name="sharing_end"),
    path("me/sharing/open/", views.sharing_open, name="sharing_open"),
]
