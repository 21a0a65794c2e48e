"""The pages of referrals: for both practices, and for the person."""

from upwell.pathway.referral.views.patient import my_referral
from upwell.pathway.referral.views.sharing import sharing, sharing_end, sharing_open
from upwell.pathway.referral.views.staff import (
    referral,
    referral_agreed,
    referral_decide,
    referral_new,
    referral_noted,
    referral_withdraw,
    referrals,
)

__all__ = [
    "my_referral",
    "referral",
    "referral_agreed",
    "referral_decide",
    "referral_new",
    "referral_noted",
    "referral_withdraw",
    "referrals",
    "sharing",
    "sharing_end",
    "sharing_open",
]
