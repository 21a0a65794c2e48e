"""Sessions; and releases of information: what a patient has opened to another practice, and until when."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from upwell.base.clock import now
from upwell.base.fields import Administrative, Identified, Kept
from upwell.base.history import keeps_history
from upwell.people.models import Patient, Practice


class Session(AbstractBaseSession):
    """A browser that is signed in. Its row names the log-in, so that row security can tell whose it is."""

    account_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        db_table = "access_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from upwell.access.sessions import SessionStore

        return SessionStore


@keeps_history()
class Release(Identified, Kept, Administrative):
    """One kind of information of one chart, open to one other practice. Row security reads this table."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="releases")
    to_practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    kind = (
        models.TextField()
    )  # demographics, chart, assessments …: the release_kind of the rows that it opens
    starts_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="release_to_another_practice", condition=~Q(to_practice=F("practice"))
            ),
            models.CheckConstraint(
                name="release_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]
        indexes = [models.Index(fields=["to_practice", "patient", "kind"], name="release_lookup")]


class CareLink(Identified, Kept, Administrative):
    """Two charts of one person at two practices that care for them together; each practice has its own row.

    It says that there is another chart, not what is in it: that is what releases open.
    """

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_links")
    other_practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    other_patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)  # the two charts turned out not to be one person's

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "other_patient"], name="care_link_once"),
            models.CheckConstraint(
                name="care_link_to_another_practice", condition=~Q(other_practice=F("practice"))
            ),
        ]
        indexes = [models.Index(fields=["other_patient"], name="care_link_back")]
