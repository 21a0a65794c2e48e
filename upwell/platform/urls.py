"""All pages. Each app lists its own; every one declares a permission, or the server does not start."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    # First what is sent most often of all: by phones, and from the bedside.
    path("", include("upwell.pathway.response.urls")),
    path("", include("upwell.pathway.session.urls")),
    path("", include("upwell.office.doors.urls")),
    path("", include("upwell.office.patients.urls")),
    path("", include("upwell.office.practice.urls")),
    path("", include("upwell.office.knowledge.urls")),
    path("", include("upwell.pathway.today.urls")),
    path("", include("upwell.pathway.course.urls")),
    path("", include("upwell.pathway.referral.urls")),
    path("", include("upwell.pathway.screening.urls")),
    path("", include("upwell.pathway.consent.urls")),
    path("", include("upwell.pathway.preparation.urls")),
    path("", include("upwell.pathway.workup.urls")),
    path("", include("upwell.pathway.calendar.urls")),
    path("", include("upwell.pathway.session.tablet.urls")),
    path("", include("upwell.pathway.session.staffing.urls")),
    path("", include("upwell.pathway.incidents.urls")),
    path("", include("upwell.pathway.pharmacy.urls")),
    path("", include("upwell.pathway.papers.urls")),
    path("", include("upwell.pathway.remote.urls")),
    path("", include("upwell.pathway.aftercare.urls")),
    path("", include("upwell.pathway.exposure.urls")),
    path("", include("upwell.pathway.integration.urls")),
    path("", include("upwell.pathway.maintenance.urls")),
    path("", include("upwell.pathway.safety.urls")),
    path("", include("upwell.pathway.registry.urls")),
    path("", include("upwell.web.urls")),
]

handler400 = "upwell.platform.hostnames.bad_request"
handler403 = "upwell.web.errors.forbidden"
handler404 = "upwell.web.errors.not_found"
handler500 = "upwell.web.errors.server_error"
