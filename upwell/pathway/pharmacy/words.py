"""Plain words for the drug book."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from upwell.pathway.pharmacy.rules import Kind

KIND_WORDS: dict[str, str | Promise] = {
    Kind.OPENING: _("Opening inventory"),
    Kind.RECEIPT: _("Received"),
    Kind.GIVEN: _("Given"),
    Kind.GIVEN_CHANGED: _("Given, corrected"),
    Kind.SAID: _("Waits for a witness"),
    Kind.WASTE: _("Wasted"),
    Kind.OFF: _("Taken back before it was witnessed"),
    Kind.RETURN: _("Returned"),
    Kind.COUNT: _("Counted"),
    Kind.INVENTORY: _("Inventory taken"),
    Kind.DISCREPANCY: _("Discrepancy"),
    Kind.EXPLAINED: _("Explained"),
    Kind.LOSS: _("Theft or loss"),
    Kind.REPORTED: _("Report sent"),
    Kind.SET_ASIDE: _("Set aside"),
    Kind.PUT_BACK: _("Put back"),
    Kind.REVERSED: _("Taken back"),
}
WHY_WORDS: dict[str, str | Promise] = {
    "count": _("A count differs from the book."),
    "beyond-book": _("More left than the book had."),
    "lot-unknown": _("A dose was given of a lot that is not known."),
    "amount-unknown": _("A dose was given, and how much is not on record."),
    "explained-before": _("A dose was corrected after its discrepancy was explained. Count the lot."),
    "noted": _("Somebody noticed it."),
    "restored": _("The database was restored from a backup; entries made after it are not in the book."),
}
REPORT_WORDS: dict[str, str | Promise] = {
    "loss-notice": _("The written notice to the authority"),
    "loss-form": _("The form about theft or loss (DEA Form 106)"),
}
MORE_WORDS: dict[str, str | Promise] = {
    "supplier": _("Received from"),
    "supplier_dea": _("Their registration number"),
    "invoice": _("Invoice"),
    "invoiced_on": _("Dated"),
    "to": _("To whom"),
    "to_dea": _("Their registration number"),
    "document": _("Their paper"),
    "counted_mg": _("Counted, mg"),
    "book_mg": _("By the book, mg"),
    "difference_mg": _("Difference, mg"),
    "amount_mg": _("Amount, mg"),
    "dose_mg": _("Dose, mg"),
    "discovered_at": _("Discovered"),
    "sent_on": _("Sent on"),
    "reference": _("Their reference"),
    "taken": _("Taken at"),
    "lots": _("Lots"),
    "significant": _("Significant"),
    "what": _("What"),
    "how": _("How it was explained"),
    "report": _("Report"),
    "why": _("Why"),
    "expired": _("Expired"),
    "lost_from": _("Lost from position"),
    "lost_to": _("Lost to position"),
}
VALUE_WORDS: dict[str, str | Promise] = {
    "theft": _("theft"),
    "loss": _("loss"),
    "yes": _("yes"),
    "no": _("no"),
    "opening": _("opening of business"),
    "close": _("close of business"),
    "book-follows": _("the book follows what was found"),
    "book-stays": _("the book stays"),
    "lost": _("theft or loss"),
    "from-lot": _("from this lot"),
    "waste": _("waste"),
    "explain": _("the explanation of a discrepancy"),
    "take-back": _("taking an entry back"),
}


def plain_mg(amount: Decimal | str) -> str:
    """An amount without zeros that say nothing; a minus as a minus."""
    try:
        number = Decimal(amount).quantize(Decimal("0.001")).normalize()
    except InvalidOperation:
        return str(amount)
    return f"{number:f}".replace("-", "\N{MINUS SIGN}")


def _value(name: str, value: str) -> str | Promise:
    if name.endswith("_mg"):
        return plain_mg(value)
    if name.endswith("_at"):
        return date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    return WHY_WORDS.get(value) or REPORT_WORDS.get(value) or VALUE_WORDS.get(value) or value


def more_words(more: dict[str, str]) -> list[tuple[str | Promise, str | Promise]]:
    """What else an entry says, in words."""
    return [
        (MORE_WORDS[name], _value(name, value))
        for name, value in more.items()
        if name in MORE_WORDS and value
    ]
