"""Second checks and witnesses: what counts now, who signed for it, and signing anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access.declare import requires
from upwell.access.two_persons import second_persons, two_persons_at
from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.office.practice import queries
from upwell.office.practice.actions.two_persons import sign_two_persons, statement_for
from upwell.office.practice.forms import attempt, page_with_form


class SignForm(forms.Form):
    """Reason and signature."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


@requires("practice.read")
def two_persons(request: HttpRequest) -> HttpResponse:
    """What counts at the practice; whoever may sign, signs here."""
    scope: Any = request
    practice = queries.practice_of(scope.actor)
    rule = two_persons_at(practice.id)
    solo = rule.witness and not rule.lapsed  # what signing here would change to
    number = (rule.signed.number if rule.signed is not None else 0) + 1
    form = SignForm(request.POST if request.method == "POST" else None, initial={"number": number})
    alone = len(second_persons(practice.id)) <= 1
    context = {
        "form": form,
        "rule": rule,
        "solo": solo,
        "statement": statement_for(practice.name, solo=solo),
        "may_sign": "two-persons.sign" in scope.permissions and (alone or not solo),
        "alone": alone,
    }
    if request.method != "POST":
        return page_with_form(request, "practice/two_persons.html", context)
    given = {name: form.cleaned_data[name] for name in form.fields} if form.is_valid() else {}
    if given and attempt(form, lambda: sign_two_persons(by=scope.actor, solo=solo, **given)) is not None:
        messages.success(request, _("Signed. It counts from now on."))
        return redirect("two_persons")
    return render(request, "practice/two_persons.html", context, status=422)
