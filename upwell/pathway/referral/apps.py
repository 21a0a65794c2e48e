from django.apps import AppConfig


class ReferralConfig(AppConfig):
    """Referral."""

    name = "upwell.pathway.referral"
    label = "referral"
