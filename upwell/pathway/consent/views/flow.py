"""Going through a consent: chapter by chapter, question by question, the signature, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from upwell.base.errors import BadInput, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.consent.actions import answer_question, read_chapter, sign_consent, withdraw_consent
from upwell.pathway.consent.queries import Answered, answers_of, first_open_question
from upwell.pathway.consent.states import State
from upwell.pathway.consent.views.door import Door, shown
from upwell.pathway.kept_text import kept_text
from upwell.pathway.safety import crisis_help

CHANGED = (RefusedByRule, StaleState)


def show_chapter(request: HttpRequest, door: Door, number: int) -> HttpResponse:
    """One chapter a screen. Going on keeps the place; what was read can be read again."""
    scope: Any = request
    consent = door.consent
    chapters = consent.text["chapters"]
    if not 1 <= number <= len(chapters):
        raise Http404
    if request.method == "POST":
        try:
            read_chapter(by=scope.actor, consent_id=consent.id, number=number)
        except CHANGED as changed:
            return _back(request, door, changed)
        return redirect(door.chapter(number + 1) if number < len(chapters) else door.question(1))
    if not door.is_open:
        return _back(request, door, None)
    if number > consent.place + 1:
        messages.info(request, _("This comes first. What you had read is kept."))
        return redirect(door.next)
    context = {
        "chapter": chapters[number - 1],
        "number": number,
        "total": len(chapters),
        "before": door.chapter(number - 1) if number > 1 else door.home,
        "all_read": consent.place >= len(chapters),
    }
    return shown(request, "consent/chapter.html", door, context)


def show_question(request: HttpRequest, door: Door, number: int) -> HttpResponse:
    """One question a screen; a wrong answer shows why, and the question stays."""
    consent = door.consent
    if not 1 <= number <= len(consent.text["questions"]):
        raise Http404
    if not door.is_open:
        return _back(request, door, None)
    if consent.place < len(consent.text["chapters"]):
        messages.info(request, _("Please read this first. Then come the questions."))
        return redirect(door.next)
    if request.method == "POST":
        return _answer(request, door, number)
    asked = answers_of(consent)
    return _question(request, door, asked, number, choice=kept_text(request, "choice"))


def _answer(request: HttpRequest, door: Door, number: int) -> HttpResponse:
    scope: Any = request
    consent, choice = door.consent, request.POST.get("choice", "")
    found = consent.text["questions"][number - 1]
    try:
        given = answer_question(
            by=scope.actor,
            consent_id=consent.id,
            question=found["id"],
            choice=choice,
            try_id=_uuid(request.POST.get("try", "")),
        )
    except BadInput as problem:
        return _question(request, door, answers_of(consent), number, error=problem.message)
    except CHANGED as changed:
        return _back(request, door, changed)
    asked = answers_of(consent)
    if not given.is_right:
        return _question(request, door, asked, number, choice=given.choice, wrong=True)
    following = first_open_question(asked)
    if following is None:
        messages.success(request, _("That is right. You have answered all questions."))
        return redirect(door.signature)
    messages.success(request, _("That is right."))
    return redirect(door.question(following))


def _question(
    request: HttpRequest,
    door: Door,
    asked: list[Answered],
    number: int,
    *,
    choice: str = "",
    wrong: bool = False,
    error: str = "",
) -> HttpResponse:
    one = asked[number - 1]
    chapters = [chapter["id"] for chapter in door.consent.text["chapters"]]
    place = next((n for n, c in enumerate(chapters, start=1) if c.startswith(one.question["chapter"])), 1)
    following = first_open_question(asked)
    context = {
        "question": one.question,
        "options": [(option["id"], option["text"]) for option in one.question["choices"]],
        "number": number,
        "total": len(asked),
        "choice": choice,
        "wrong": wrong,
        "error": error,
        "done": one.right_at is not None,
        "right": next(o["text"] for o in one.question["choices"] if o["id"] == one.question["right"]),
        "try_id": new_id(),
        "read_again": door.chapter(place),
        "before": door.question(number - 1) if number > 1 else door.chapter(len(chapters)),
        "following": door.signature if following is None else door.question(following),
    }
    return shown(request, "consent/question.html", door, context, 422 if error else 200)


def show_signature(request: HttpRequest, door: Door) -> HttpResponse:
    """The signature: the typed name and "I agree"."""
    scope: Any = request
    written, error = kept_text(request, "name"), None
    if request.method == "POST":
        written = request.POST.get("name", "")
        try:
            sign_consent(
                by=scope.actor,
                consent_id=door.consent.id,
                name=written,
                agreed=request.POST.get("agree") == "yes",
                name_is_right=request.POST.get("name-is-right") == "yes",
            )
            messages.success(request, _("Signed. Thank you for taking the time."))
            return redirect(door.home)
        except BadInput as problem:
            error = problem
        except CHANGED as changed:
            return _back(request, door, changed)
    elif door.consent.stands is not State.UNDERSTOOD:
        return redirect(door.next)
    context = {
        "written": written,
        "agreed": request.POST.get("agree") == "yes",
        "error": error,
        "questions": len(door.consent.text["questions"]),
    }
    return shown(request, "consent/signature.html", door, context, error.status if error else 200)


def show_withdrawal(request: HttpRequest, door: Door) -> HttpResponse:
    """Taking a consent back, or saying no: one page, no reason needed, at once."""
    scope: Any = request
    written, error = kept_text(request, "reason"), None
    if request.method == "POST":
        written = request.POST.get("reason", "")
        try:
            withdraw_consent(by=scope.actor, consent_id=door.consent.id, reason=written)
            messages.success(request, _("Done. It counts from now on."))
            return redirect(door.home)
        except BadInput as problem:
            error = problem
        except CHANGED as changed:
            return _back(request, door, changed)
    elif door.consent.stands in {State.WITHDRAWN, State.SUPERSEDED}:
        return _back(request, door, None)
    context = {"written": written, "error": error, "help": crisis_help(door.consent.practice)}
    return shown(request, "consent/withdrawal.html", door, context, error.status if error else 200)


def _back(request: HttpRequest, door: Door, changed: UpwellError | None) -> HttpResponse:
    """To where the consent stands now, with what has changed."""
    messages.info(request, changed.message if changed else _("This is where it stands now."))
    return redirect(door.home)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()
