"""The pages of consent, for the person and for the team."""

from upwell.pathway.consent.views.patient import (
    my_chapter,
    my_consent,
    my_consents,
    my_pdf,
    my_question,
    my_signature,
    my_withdrawal,
)
from upwell.pathway.consent.views.staff import (
    chapter,
    course_consent,
    heard,
    offer,
    pdf,
    question,
    signature,
    withdrawal,
)

__all__ = [
    "chapter",
    "course_consent",
    "heard",
    "my_chapter",
    "my_consent",
    "my_consents",
    "my_pdf",
    "my_question",
    "my_signature",
    "my_withdrawal",
    "offer",
    "pdf",
    "question",
    "signature",
    "withdrawal",
]
