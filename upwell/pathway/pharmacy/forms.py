"""What is entered in the drug book. Amounts are given as one measures them: containers, millilitres, milligrams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from upwell.base.errors import BadInput
from upwell.base.limits import LONGEST_PERSON, LONGEST_WORDS
from upwell.knowledge.controlled import load_controlled
from upwell.pathway.calendar.rules import instant_of
from upwell.pathway.pharmacy.actions.counting import TAKEN
from upwell.pathway.pharmacy.actions.explaining import FOLLOWS, LOST, REPORTS, STAYS
from upwell.pathway.pharmacy.actions.stock import Box
from upwell.pathway.pharmacy.chain import NOTHING
from upwell.pathway.pharmacy.models import Product
from upwell.pathway.pharmacy.queries import FROM_LOT, Stock
from upwell.pathway.pharmacy.words import REPORT_WORDS

NEW = "new"
SHAPES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class Moment(forms.DateTimeField):
    """A moment on the practice's clock, also in an hour that comes twice."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=SHAPES[0])
        super().__init__(widget=widget, input_formats=SHAPES, **options)

    def to_python(self, value: Any) -> datetime | None:
        """The instant that the clock means."""
        for shape in SHAPES if value else ():
            try:
                naive = datetime.strptime(str(value), shape)  # noqa: DTZ007 - the zone is added below
            except ValueError:
                continue
            try:
                return instant_of(naive.date(), naive.time(), timezone.get_current_timezone())
            except BadInput as error:
                raise forms.ValidationError(error.message) from None
        if value:
            raise forms.ValidationError(self.error_messages["invalid"])
        return None


def number(label: Any, hint: Any = "", *, whole: bool = False) -> Any:
    """A number typed on a tablet's keys."""
    kind: Any = forms.IntegerField if whole else forms.DecimalField
    more = {} if whole else {"max_digits": 12, "decimal_places": 3}
    step = "1" if whole else "any"
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": step, "autocomplete": "off"})
    return kind(
        label=label, required=False, min_value=0, max_value=1_000_000, help_text=hint, widget=widget, **more
    )


def line(label: Any, **options: Any) -> forms.CharField:
    """A short text."""
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=LONGEST_PERSON, widget=widget, **options)


def words(label: Any, *, required: bool = True) -> forms.CharField:
    """A person's own words."""
    widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    return forms.CharField(label=label, max_length=LONGEST_WORDS, required=required, widget=widget)


def day(label: Any, **options: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class Numbered(forms.Form):
    """A form with its number: sent twice, it is one entry."""

    id = forms.UUIDField(widget=forms.HiddenInput)


def amount_of(given: dict[str, Any], product: Product, prefix: str = "") -> Decimal | None:
    """What was measured, in mg; nothing where nothing was filled in."""
    containers, ml, mg = (given.get(f"{prefix}{name}") for name in ("containers", "ml", "mg"))
    if containers is None and ml is None and mg is None:
        return None
    if ml and product.strength_mg_per_ml is None:
        raise BadInput(str(_("This product is not measured in mL.")), path=f"{prefix}ml")
    strength = product.strength_mg_per_ml or NOTHING
    whole: Decimal = Decimal(containers or 0) * product.container_mg
    return whole + (ml or NOTHING) * strength + (mg or NOTHING)


class LotForm(Numbered):
    """Something about one lot, and how much of it."""

    is_all_optional = True  # of the three amounts one is needed: which, is not for the form to say

    lot = forms.ChoiceField(label=_("Lot"))
    containers = number(_("Full containers"), whole=True)
    ml = number(_("and loose, mL"))
    mg = number(_("and loose, mg"), _("Fill in whichever you measure. They are added up."))

    def __init__(self, *args: Any, stock: Sequence[Stock] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stock = {str(one.lot.id): one for one in stock}
        choices = [(key, lot_words(one)) for key, one in self.stock.items()]
        self.fields["lot"].choices = choices if len(choices) == 1 else [("", "–"), *choices]  # type: ignore[attr-defined]

    def amount(self) -> Decimal:
        """How much, in mg."""
        found = amount_of(self.cleaned_data, self.stock[self.cleaned_data["lot"]].product)
        if found is None:
            raise BadInput(str(_("How much? Fill in one of the three.")), path="containers")
        return found


def lot_words(one: Stock) -> str:
    """A lot as a choice."""
    return f"{one.product.name} · {one.lot.number} · {one.lot.expires_on:%Y-%m-%d} · {one.balance.normalize():f} mg"


class WitnessForm(forms.Form):
    """The second person: here with their password, or later at their own log-in."""

    witness = forms.ChoiceField(label=_("Witness"), required=False)
    password = forms.CharField(
        label=_("The witness's password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The witness types it themselves. It is checked as at the door, and not kept."),
    )
    code = forms.CharField(
        label=_("and the code of their app, if they use one"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    later = forms.BooleanField(
        label=_("The witness confirms at their own log-in. Until then it waits, and does not count."),
        required=False,
    )

    def with_people(self, people: Iterable[tuple[UUID, str]], *, asked: bool) -> None:
        """Who may be the second person; where none is asked for, the fields go."""
        if not asked:
            for name in ("witness", "password", "code", "later"):
                self.fields.pop(name)
            return
        self.fields["witness"].choices = [("", "–"), *((str(one), name) for one, name in people)]  # type: ignore[attr-defined]


class ReceiptForm(Numbered):
    """What came in, as it stands on the box and on the invoice."""

    product = forms.ChoiceField(label=_("Product"))
    substance = forms.ChoiceField(label=_("Substance"), required=False)
    name = line(_("Name and strength, as on the box"), required=False)
    form = line(_("Form"), required=False, help_text=_("Vial, nasal device, lozenge …"))
    container_mg = number(_("mg of base in one container"))
    strength_mg_per_ml = number(_("Strength, mg/mL (liquids alone)"))
    ndc = line(_("NDC or product number"), required=False)
    lot = line(_("Lot"))
    expires_on = day(_("Expires on"))
    containers = number(_("Full containers"), whole=True)
    mg = number(_("and loose, mg"))
    at = Moment(label=_("When it was, if not now"), required=False)
    words = words(_("Remarks"), required=False)

    NEW_FIELDS = ("substance", "name", "form", "container_mg", "strength_mg_per_ml", "ndc")

    def __init__(self, *args: Any, products: Iterable[Product] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {str(one.id): one for one in products}
        known = [(key, one.name) for key, one in self.products.items()]
        self.fields["product"].choices = [*known, (NEW, _("A new product"))]  # type: ignore[attr-defined]
        titles = load_controlled().titles.items()
        self.fields["substance"].choices = [("", "–"), *titles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new product needs what stands on its box."""
        given = super().clean() or {}
        if given.get("product") == NEW:
            for name in ("substance", "name", "form", "container_mg"):
                if not given.get(name):
                    self.add_error(name, _("A new product needs this."))
        return given

    def box(self) -> Box:
        """The box."""
        given = self.cleaned_data
        known = self.products.get(given["product"])
        source = known.__dict__ if known is not None else given
        said = {name: source.get(name) for name in self.NEW_FIELDS}
        said["ndc"] = said["ndc"] or ""
        return Box(**said, number=given["lot"], expires_on=given["expires_on"])  # type: ignore[arg-type]

    def amount(self) -> Decimal:
        """How much, in mg."""
        given = self.cleaned_data
        if given.get("containers") is None and given.get("mg") is None:
            raise BadInput(str(_("How much? Count the containers.")), path="containers")
        return Decimal(given.get("containers") or 0) * self.box().container_mg + (given.get("mg") or NOTHING)

    def more(self) -> dict[str, str]:
        """What else stands on the papers."""
        names = ("supplier", "supplier_dea", "invoice", "invoiced_on")
        return {name: str(self.cleaned_data[name]) for name in names if self.cleaned_data.get(name)}


class DeliveryForm(ReceiptForm):
    """A receipt, with its papers."""

    supplier = line(_("Received from"))
    supplier_dea = line(_("Their registration number (DEA)"), required=False)
    invoice = line(_("Invoice"), required=False)
    invoiced_on = day(_("Dated"), required=False)


class WasteForm(LotForm, WitnessForm):
    """What is thrown away."""

    words = words(_("What is thrown away, and why"))


class ReturnForm(LotForm):
    """What goes back."""

    to = line(_("To whom"), help_text=_("The supplier, or a reverse distributor."))
    to_dea = line(_("Their registration number (DEA)"), required=False)
    document = line(_("Their paper, such as DEA Form 41 or an invoice"), required=False)
    at = Moment(label=_("When it was, if not now"), required=False)
    words = words(_("Remarks"), required=False)


class CountForm(LotForm):
    """One lot, counted."""

    words = words(_("Remarks"), required=False)


class LossForm(LotForm):
    """Theft or loss."""

    what = forms.ChoiceField(
        label=_("What happened"),
        choices=[("loss", _("Lost")), ("theft", _("Stolen"))],
        widget=forms.RadioSelect,
    )
    significant = forms.ChoiceField(
        label=_("Is the loss significant?"),
        choices=[("yes", _("Yes, or not known yet")), ("no", _("No; why, stands below"))],
        widget=forms.RadioSelect,
        initial="yes",
        help_text=_("The clocks of the reports run unless it is not. Theft always is."),
    )
    discovered_at = Moment(label=_("Discovered"))
    words = words(_("What is known of it"))


class DiscrepancyForm(Numbered):
    """Something that does not fit."""

    lot = forms.ChoiceField(label=_("Lot"))
    difference_mg = forms.DecimalField(
        label=_("By how much, mg"),
        max_digits=12,
        decimal_places=3,
        help_text=_("What is missing, with a minus."),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    words = words(_("What does not fit"))

    def __init__(self, *args: Any, stock: Sequence[Stock] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.lot.id), lot_words(one)) for one in stock]
        self.fields["lot"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]


class InventoryForm(Numbered):
    """Everything on hand, counted lot by lot."""

    is_all_optional = True

    taken = forms.ChoiceField(
        label=_("Taken at the"),
        choices=[(TAKEN[0], _("opening of business")), (TAKEN[1], _("close of business"))],
        widget=forms.RadioSelect,
    )
    words = words(_("Remarks"), required=False)

    def __init__(self, *args: Any, stock: Sequence[Stock] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stock = list(stock)
        for one in self.stock:
            self.fields[f"{one.lot.id}-containers"] = number(_("Full containers"), whole=True)
            self.fields[f"{one.lot.id}-mg"] = number(_("and loose, mg"))
            if one.product.strength_mg_per_ml is not None:
                self.fields[f"{one.lot.id}-ml"] = number(_("and loose, mL"))

    @property
    def lots(self) -> list[tuple[Stock, list[forms.BoundField]]]:
        """Each lot with its fields."""
        names = ("containers", "ml", "mg")
        return [
            (one, [self[f"{one.lot.id}-{name}"] for name in names if f"{one.lot.id}-{name}" in self.fields])
            for one in self.stock
        ]

    def counts(self) -> dict[UUID, Decimal]:
        """What was counted; a lot that nobody filled in is not counted."""
        found = {}
        for one in self.stock:
            amount = amount_of(self.cleaned_data, one.product, f"{one.lot.id}-")
            if amount is not None:
                found[one.lot.id] = amount
        return found


class ExplainForm(Numbered, WitnessForm):
    """What explains a discrepancy."""

    is_all_optional = True

    how = forms.ChoiceField(
        label=_("What follows"),
        widget=forms.RadioSelect,
        choices=[
            (FOLLOWS, _("The book follows what was found")),
            (STAYS, _("The book stays: it was a slip, or the missing entry was made since")),
            (LOST, _("It is lost or stolen: its reports begin")),
            (FROM_LOT, _("The dose came from this lot:")),
        ],
    )
    lot = forms.ChoiceField(label=_("Lot"), required=False)
    words = words(_("What explains it"))

    def with_lots(self, stock: Sequence[Stock], *, unknown: bool) -> None:
        """A dose of an unknown lot gets its lot; any other discrepancy has one."""
        choices: Any = self.fields["how"].choices  # type: ignore[attr-defined]
        if unknown:
            self.fields["how"].choices = [one for one in choices if one[0] in {STAYS, FROM_LOT}]  # type: ignore[attr-defined]
            self.fields["lot"].choices = [("", "–"), *((str(one.lot.id), lot_words(one)) for one in stock)]  # type: ignore[attr-defined]
        else:
            self.fields["how"].choices = [one for one in choices if one[0] != FROM_LOT]  # type: ignore[attr-defined]
            self.fields.pop("lot")


class TakeBackForm(Numbered, WitnessForm):
    """An entry that was wrong."""

    is_all_optional = True

    words = words(_("What was wrong with it"))


class ReportForm(Numbered):
    """A report that was sent."""

    report = forms.ChoiceField(label=_("Which report"), choices=[(one, REPORT_WORDS[one]) for one in REPORTS])
    sent_on = day(_("Sent on"))
    reference = line(_("Their reference"), required=False)


class WithdrawForm(forms.Form):
    """Why it was not so."""

    words = words(_("Why"))


class SupplyForm(forms.Form):
    """Where the drug of a session comes from."""

    source = forms.ChoiceField(
        label=_("Where the drug comes from"),
        widget=forms.RadioSelect,
        choices=[
            ("clinic-stock", _("From the stock of this practice")),
            ("patient-dispensed", _("The person brought it: a pharmacy dispensed it to them")),
            ("patient-specific-delivery", _("A pharmacy delivered it for this person")),
        ],
    )
    lot = forms.ChoiceField(label=_("Lot, if from stock"), required=False)
    pharmacy = line(_("Pharmacy"), required=False)
    prescription_number = line(_("Prescription number"), required=False)
    count = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_("Lozenges, vials or devices that are there."),
    )

    def __init__(self, *args: Any, stock: Sequence[Stock] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.lot.id), lot_words(one)) for one in stock]
        self.fields["lot"].choices = [("", _("the one that expires first")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What does not come from stock has a pharmacy, a prescription and a count."""
        given = super().clean() or {}
        if given.get("source") and given["source"] != "clinic-stock":
            for name in ("pharmacy", "prescription_number", "count"):
                if given.get(name) in (None, ""):
                    self.add_error(name, _("This is needed for what does not come from stock."))
        return given

    def body(self) -> dict[str, Any]:
        """The entry of the session's log."""
        names = ("source", "pharmacy", "prescription_number", "count")
        return {
            name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name) not in (None, "")
        }
