"""By which door somebody goes through a consent: the person on their own phone, or together with staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from upwell.pathway.consent.models import Consent
from upwell.pathway.consent.queries import answers_of, first_open_question
from upwell.pathway.consent.states import UNSIGNED, State
from upwell.pathway.kept_text import without_kept


@dataclass(frozen=True, slots=True)
class Door:
    """The addresses of one consent, seen from one side."""

    consent: Consent
    together: bool

    def _url(self, page: str, *more: int) -> str:
        if self.together:
            return reverse(f"consent_{page}", args=[self.consent.course_id, self.consent.id, *more])
        return reverse(f"my_consent_{page}", args=[self.consent.id, *more])

    @property
    def home(self) -> str:
        if self.together:
            return reverse("course_consent", args=[self.consent.course_id])
        return reverse("my_consent", args=[self.consent.id])

    def chapter(self, number: int) -> str:
        return self._url("chapter", number)

    def question(self, number: int) -> str:
        return self._url("question", number)

    @property
    def signature(self) -> str:
        return self._url("signature")

    @property
    def withdrawal(self) -> str:
        return self._url("withdrawal")

    @property
    def pdf(self) -> str:
        return self._url("pdf")

    @property
    def is_open(self) -> bool:
        return self.consent.stands in UNSIGNED

    @property
    def next(self) -> str:
        """Where to go on: the first unread chapter, the first open question, or the signature."""
        consent = self.consent
        if not self.is_open:
            return self.home
        if consent.place < len(consent.text["chapters"]):
            return self.chapter(consent.place + 1)
        if consent.stands is State.OFFERED:
            return self.question(first_open_question(answers_of(consent)) or 1)
        return self.signature


def shown(
    request: HttpRequest, template: str, door: Door, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the flow; the team's frame names the patient, the person's own has nothing in the way."""
    consent = door.consent
    everything = {
        "door": door,
        "consent": consent,
        "together": door.together,
        "patient": consent.patient,
        "course": consent.course,
        **context,
    }
    return without_kept(request, render(request, template, everything, status=status))
