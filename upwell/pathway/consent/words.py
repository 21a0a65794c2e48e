"""Consent in people's words: the treatment, and why a consent is in force or is not."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.pathway.consent.rules import Why

SUBSTANCES: dict[str, Promise] = {
    "racemic-ketamine": gettext_lazy("ketamine"),
    "esketamine": gettext_lazy("esketamine"),
}
ROUTES: dict[str, Promise] = {
    "iv": gettext_lazy("into a vein"),
    "im": gettext_lazy("into a muscle"),
    "sc": gettext_lazy("under the skin"),
    "sublingual": gettext_lazy("under the tongue"),
    "oral": gettext_lazy("by mouth"),
    "intranasal": gettext_lazy("by nose"),
    "rectal": gettext_lazy("by rectum"),
}
WHY: dict[Why, Promise] = {
    Why.IN_FORCE: gettext_lazy("Signed on %(signed)s, and in force until %(expires)s."),
    Why.NONE: gettext_lazy("No consent has been offered yet."),
    Why.NOT_SIGNED: gettext_lazy("Offered on %(offered)s, and not signed yet."),
    Why.WITHDRAWN: gettext_lazy("The person took their consent back (%(withdrawn)s)."),
    Why.EXPIRED: gettext_lazy("The signature of %(signed)s expired on %(expires)s. Offer the consent anew."),
    Why.OTHER_TREATMENT: gettext_lazy(
        "The person signed for %(signed_for)s. Now %(chosen)s is planned. Offer the consent anew."
    ),
    Why.OTHER_VERSION: gettext_lazy(
        "The text has changed since it was signed on %(signed)s, in a way that matters. Offer the consent anew."
    ),
    Why.NO_TREATMENT: gettext_lazy("It is not chosen yet what is given, and by which route."),
}


def treatment_words(substance: str, route: str) -> str:
    """What is given and how: ketamine into a vein."""
    return f"{SUBSTANCES.get(substance, substance)} {ROUTES.get(route, route)}".strip()


def why_words(because: Why, **values: str) -> str:
    """Why a consent is in force or is not, as a sentence."""
    return str(WHY[because] % values)


def day_words(at: datetime | None) -> str:
    """A day on the practice's clock."""
    return date_format(localtime(at), "DATE_FORMAT") if at is not None else _("not known")


def moment_words(at: datetime | None) -> str:
    """A moment on the practice's clock."""
    return date_format(localtime(at), "DATETIME_FORMAT") if at is not None else _("not known")
