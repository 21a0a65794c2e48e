"""Writing a referral: to whom, why, what is shared, and how the person agrees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.access.links import release_kinds
from upwell.pathway.own_words import LONGEST
from upwell.pathway.referral.actions import Letter
from upwell.pathway.referral.rules import BACK, TO_THEM, WHO
from upwell.pathway.referral.states import AGREED_WORDS, Agreed
from upwell.people.models import Practice

WAYS = {
    Agreed.PHONE: _("They are asked on their own phone. Nothing is sent before they agree."),
    Agreed.ORAL: _("They agreed in words, here with me."),
    Agreed.PAPER: _("They signed on paper, here with me."),
}


def _choices(kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Who the person is goes with everything else, and is not asked."""
    return [(kind, release_kinds()[kind].staff) for kind in kinds if kind != WHO]


class ReferralForm(forms.Form):
    """The referral as the therapist writes it."""

    to_practice = forms.ChoiceField(label=_("To which practice?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why do you refer this person?"),
        help_text=_("The prescriber and the person can read it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    question = forms.CharField(
        label=_("Question to the prescriber"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    shared = forms.MultipleChoiceField(
        label=_("What may that practice see of this chart?"),
        help_text=_(
            "Name, birth date and how to reach them always go along. Your process notes and their journal never do."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shared_back = forms.MultipleChoiceField(
        label=_("What may you see of that practice's chart?"),
        help_text=_("So that you know how the treatment goes."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    agreed = forms.ChoiceField(label=_("How does the person agree?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, practices: list[Practice], has_log_in: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_practice"].choices = [(str(one.id), one.name) for one in practices]  # type: ignore[attr-defined]
        self.fields["shared"].choices = _choices(TO_THEM)  # type: ignore[attr-defined]
        self.fields["shared_back"].choices = _choices(BACK)  # type: ignore[attr-defined]
        ways = [(way.value, words) for way, words in WAYS.items() if has_log_in or way is not Agreed.PHONE]
        self.fields["agreed"].choices = ways  # type: ignore[attr-defined]
        if not has_log_in:
            self.fields["agreed"].help_text = _(
                "They have no log-in yet, so they can't be asked on their phone."
            )

    @property
    def letter(self) -> Letter:
        """What was written, and what is shared."""
        given = self.cleaned_data
        return Letter(given["reason"], given["question"], given["shared"], given["shared_back"])

    @property
    def practice_id(self) -> UUID:
        return UUID(self.cleaned_data["to_practice"])


class AgreedForm(forms.Form):
    """The person agreed in the room, while their phone was asked."""

    agreed = forms.ChoiceField(
        label=_("How did they agree?"),
        choices=[(way.value, words) for way, words in AGREED_WORDS.items() if way is not Agreed.PHONE],
        widget=forms.RadioSelect,
    )
