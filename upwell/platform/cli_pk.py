"""``upwell pk``: exposure by published models, from the command line; no database, no Django, no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from upwell.base.errors import BadInput
from upwell.platform.cli_io import print_json, print_text, read_json_argument, run

if TYPE_CHECKING:
    from upwell.science.pharmacology import Person, Simulation

app = typer.Typer(
    help="Which concentrations a dose gives, by published models. Never a recommendation of a dose.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

# Numbers come as text, so that what is no number is refused in our words and as JSON.
Model = Annotated[str | None, typer.Option("--model", metavar="ID", help="Or a model file (.toml).")]
Substance = Annotated[str | None, typer.Option("--substance", help="esketamine or racemic-ketamine.")]
Route = Annotated[str, typer.Option("--route", help="iv, im, sublingual, oral or intranasal.")]
Routes = Annotated[list[str], typer.Option("--route", help="Once for each curve.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="One for all, or one for each route.")]
DoseMg = Annotated[str, typer.Option("--dose-mg", help="Total over devices, as base.")]
DosesMg = Annotated[list[str], typer.Option("--dose-mg", help="One for all, or one for each route.")]
InfusionMin = Annotated[str | None, typer.Option("--infusion-min", help="Left out: given at once.")]
Devices = Annotated[str | None, typer.Option("--devices", help="Left out: as many as the dose needs.")]
Interval = Annotated[str | None, typer.Option("--device-interval-min", help="Left out: as published.")]
Weight = Annotated[str | None, typer.Option("--weight-kg", help="Left out: 70.")]
Age = Annotated[str | None, typer.Option("--age", help="Years. Left out: 40.")]
Ancestry = Annotated[str | None, typer.Option("--ancestry", help="japanese, asian or non-asian.")]
Times = Annotated[str | None, typer.Option("--times", help="Minutes, in order, such as 0,5,40.")]
Until = Annotated[str | None, typer.Option("--until-min", help="End of an even grid. Left out: 1440.")]
Repeat = Annotated[str | None, typer.Option("--repeat", help="A course: how many doses.")]
Every = Annotated[str | None, typer.Option("--every-h", help="A course: hours between two doses.")]
Steady = Annotated[bool, typer.Option("--steady-state", help="With --every-h: an endless course.")]
Above = Annotated[str | None, typer.Option("--above-ng-ml", help="Adds for how long curves are above.")]
Typical = Annotated[bool, typer.Option("--typical", help="The typical person only (the default).")]
Number = Annotated[str | None, typer.Option("--n", help="Adds the 90 % band of so many people.")]
Seed = Annotated[str | None, typer.Option("--seed", help="Of the people drawn. Left out: 1.")]
People = Annotated[
    str | None, typer.Option("--people", metavar="FILE", help="JSON list of weight_kg, age_years, ancestry.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema and stop.")]

N = TypeVar("N", int, float)

DEFAULT_PEOPLE = "1000"


@app.command("models")
@run
def models_command(as_json: Json = False) -> None:
    """The models that come with the product, and what was observed where there is none."""
    from upwell.science.pharmacology import models, observed

    if as_json:
        print_json({"models": models(), "observed": observed()})
        return
    for one in models():
        band = "with a band" if one["has_variability"] else "one curve, no variability published"
        print_text(f"{one['model']}: {one['title']}")
        print_text(f"  {', '.join(one['routes_covered'])}; {one['sampling_site']} samples; {band}")
    print_text("\nObserved in people:")
    for row in observed():
        print_text(f"  {row['substance']} {row['route']}, {row['dose']}: {row['text']} ({row['confidence']})")


@app.command("show")
@run
def show_command(model_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """A model laid open: every number with its unit, spread, mark and source."""
    from upwell.science.pharmacology import show

    model = show(model_id)
    if as_json:
        print_json(model)
        return
    print_text(
        f"{model['model']}: {model['title']}\n{model['population']['text']}. {model['sampling']['text']}"
    )
    for key, one in model["parameters"].items():
        spread = ", ".join(f"{name} {one[name]:g}" for name in _SPREADS if name in one)
        more = f"; {spread}" if spread else ""
        print_text(f"  {key} = {one['value']:g} {one['unit']}{more} ({one['confidence']}): {one['title']}")
    for one in model["derived"].values():
        beside = f"; published {one['published']:g}" if one["published"] else ""
        print_text(f"  {one['title']}: {one['value']:.4g} {one['unit']}{beside}")
    for said in [one["text"] for one in model["warnings"]] + [
        f"Not valid for {one}." for one in model["not_valid_for"]
    ]:
        print_text(f"- {said}")


@app.command("simulate")
@run
def simulate_command(
    route: Route = "",
    dose_mg: DoseMg = "",
    model: Model = None,
    substance: Substance = None,
    infusion_min: InfusionMin = None,
    devices: Devices = None,
    device_interval_min: Interval = None,
    weight_kg: Weight = None,
    age: Age = None,
    ancestry: Ancestry = None,
    times: Times = None,
    until_min: Until = None,
    repeat: Repeat = None,
    every_h: Every = None,
    steady_state: Steady = False,
    above_ng_ml: Above = None,
    typical: Typical = False,
    n: Number = None,
    seed: Seed = None,
    people: People = None,
    as_json: Json = False,
    schema: Schema = False,
) -> None:
    """The curve that a dose gives: upwell pk simulate --model domino-1982 --route iv --dose-mg 35 --infusion-min 40"""
    if schema:
        _print_schema("pk-exposure")
        return
    if typical and n is not None:
        raise BadInput("--typical is one person, --n many: choose one.", path="n")
    case = _case(model, substance, route, dose_mg, infusion_min, devices, device_interval_min)
    shared = _shared(weight_kg, age, ancestry, times, until_min, above_ng_ml)
    course: dict[str, Any] = {
        "repeat": _whole(repeat, "repeat"),
        "every_h": _real(every_h, "every_h"),
        "steady_state": steady_state,
    }
    many: dict[str, Any] = {"n": _whole(n, "n"), "seed": _whole(seed, "seed"), "people": _people(people)}
    from upwell.science.pharmacology import simulate

    _print(simulate(**case, **shared, **course, **many), as_json)


@app.command("population")
@run
def population_command(
    route: Route = "",
    dose_mg: DoseMg = "",
    model: Model = None,
    substance: Substance = None,
    infusion_min: InfusionMin = None,
    devices: Devices = None,
    device_interval_min: Interval = None,
    weight_kg: Weight = None,
    age: Age = None,
    ancestry: Ancestry = None,
    times: Times = None,
    until_min: Until = None,
    repeat: Repeat = None,
    every_h: Every = None,
    n: Number = DEFAULT_PEOPLE,
    seed: Seed = None,
    people: People = None,
    as_json: Json = False,
    schema: Schema = False,
) -> None:
    """The 90 % band of many people, drawn from the published variability."""
    if schema:
        _print_schema("pk-exposure")
        return
    case = _case(model, substance, route, dose_mg, infusion_min, devices, device_interval_min)
    shared = _shared(weight_kg, age, ancestry, times, until_min, None)
    course: dict[str, Any] = {"repeat": _whole(repeat, "repeat"), "every_h": _real(every_h, "every_h")}
    many: dict[str, Any] = {"n": _whole(n, "n"), "seed": _whole(seed, "seed"), "people": _people(people)}
    from upwell.science.pharmacology import simulate

    _print(simulate(**case, **shared, **course, **many), as_json)


@app.command("compare")
@run
def compare_command(
    route: Routes,
    dose_mg: DosesMg,
    model: Models = None,
    substance: Substance = None,
    infusion_min: InfusionMin = None,
    devices: Devices = None,
    weight_kg: Weight = None,
    age: Age = None,
    ancestry: Ancestry = None,
    times: Times = None,
    until_min: Until = None,
    n: Number = None,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """The same person by several routes; --route once for each, --infusion-min for iv, --devices for intranasal."""
    cases = _cases(route, dose_mg, model, substance, infusion_min, devices)
    shared = _shared(weight_kg, age, ancestry, times, until_min, None)
    from upwell.science.pharmacology import compare

    seen = compare(cases, **shared, n=_whole(n, "n"), seed=_whole(seed, "seed"))
    if as_json:
        print_json(seen)
        return
    for one in seen["curves"]:
        dose = one["doses"][0]
        print_text(f"{dose['dose_mg']:g} mg {dose['route']} ({one['model']}, {one['sampling_site']} samples)")
        _print_measures(one)
    for key, litres in seen["clearances_l_h"].items():
        print_text(f"Clearance in {key}: {litres:.4g} L/h")
    for said in seen["warnings"]:
        print_text(f"- {said}")


@app.command("plot")
@run
def plot_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.svg")],
    route: Routes,
    dose_mg: DosesMg,
    model: Models = None,
    substance: Substance = None,
    infusion_min: InfusionMin = None,
    devices: Devices = None,
    weight_kg: Weight = None,
    age: Age = None,
    ancestry: Ancestry = None,
    until_min: Until = None,
    n: Number = None,
    seed: Seed = None,
    title: Annotated[str, typer.Option("--title")] = "",
    as_json: Json = False,
) -> None:
    """Draw curves as SVG; options as for compare."""
    if file.suffix.lower() != ".svg":
        raise BadInput(f"“{file.name}” should end in .svg.", path="file")
    cases = _cases(route, dose_mg, model, substance, infusion_min, devices)
    shared = _shared(weight_kg, age, ancestry, None, until_min, None)
    from upwell.science.pharmacology import compare, plot

    seen = compare(cases, **shared, n=_whole(n, "n"), seed=_whole(seed, "seed"))
    try:
        file.write_text(plot(seen["curves"], title), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{str(file)!r} can't be written: {error.strerror}.", path="file") from None
    if as_json:
        print_json({"file": str(file), "warnings": seen["warnings"]})
    else:
        print_text(f"Written: {file}")


@app.command("validation")
@run
def validation_command(as_json: Json = False) -> None:
    """Published values against ours, with the error in percent."""
    from upwell.science.pharmacology.validation import as_markdown, not_compared, validation_table

    rows = validation_table()
    if as_json:
        apart = [{"what": one.what, "why": one.why, "source": list(one.source)} for one in not_compared()]
        print_json({"rows": [row.as_json() for row in rows], "not_compared": apart})
        return
    print_text(as_markdown(rows))
    for one in not_compared():
        print_text(f"Not compared: {one.what}. {one.why}")


_SPREADS = ("cv_percent", "log_variance", "logit_sd", "occasion_log_variance")


def _case(
    model: str | None,
    substance: str | None,
    route: str,
    dose_mg: str,
    infusion_min: str | None,
    devices: str | None,
    interval: str | None,
) -> dict[str, Any]:
    if not route:
        raise BadInput("Say the route (--route): iv, im, sublingual, oral or intranasal.", path="route")
    if not dose_mg:
        raise BadInput("Say the dose in milligrams (--dose-mg).", path="dose_mg")
    return {
        "model": model,
        "substance": substance,
        "route": route,
        "dose_mg": _real(dose_mg, "dose_mg"),
        "infusion_min": _real(infusion_min, "infusion_min"),
        "devices": _whole(devices, "devices"),
        "device_interval_min": _real(interval, "device_interval_min"),
    }


def _cases(
    routes: Sequence[str],
    doses: Sequence[str],
    models: Sequence[str] | None,
    substance: str | None,
    infusion_min: str | None,
    devices: str | None,
) -> list[dict[str, Any]]:
    each_dose = _each(doses, len(routes), "dose_mg")
    each_model = _each(models or [None], len(routes), "model")
    return [
        _case(
            each_model[place],
            substance,
            route,
            each_dose[place] or "",
            infusion_min if route == "iv" else None,
            devices if route == "intranasal" else None,
            None,
        )
        for place, route in enumerate(routes)
    ]


def _each(values: Sequence[str | None], count: int, what: str) -> list[str | None]:
    if len(values) not in (1, count):
        raise BadInput(f"Give one for all, or one for each of the {count} routes.", path=what)
    return list(values) * count if len(values) == 1 else list(values)


def _shared(
    weight: str | None,
    age: str | None,
    ancestry: str | None,
    times: str | None,
    until: str | None,
    above: str | None,
) -> dict[str, Any]:
    moments = None
    if times is not None:
        moments = [_must(one, f"times.{place}", float) for place, one in enumerate(times.split(","))]
    return {
        "weight_kg": _real(weight, "weight_kg"),
        "age_years": _real(age, "age_years"),
        "ancestry": ancestry,
        "times_min": moments,
        "until_min": _real(until, "until_min"),
        **({} if above is None else {"above_ng_ml": _real(above, "above_ng_ml")}),
    }


def _real(text: str | None, what: str) -> float | None:
    return None if text is None else _must(text, what, float)


def _whole(text: str | None, what: str) -> int | None:
    return None if text is None else _must(text, what, int)


def _must(text: str, what: str, kind: Callable[[str], N]) -> N:
    """A number from text; units belong into the option's name, not beside the number."""
    try:
        value = kind(text.strip())
    except ValueError:
        kinds = "whole number" if kind is int else "number"
        raise BadInput(
            f"“{text[:40]}” is not a {kinds}. Write the number alone, in the unit that the option names.",
            path=what,
        ) from None
    if not math.isfinite(value):
        raise BadInput(f"“{text}” is not a number.", path=what)
    return value


def _people(argument: str | None) -> list[Person] | None:
    if argument is None:
        return None
    from upwell.science.pharmacology import read_people

    return read_people(read_json_argument(argument, name="--people"))


def _print_schema(name: str) -> None:
    from upwell.knowledge.schemas import load_schema

    print_json(load_schema(name))


def _print(seen: Simulation, as_json: bool) -> None:
    document = seen.as_json()
    if as_json:
        print_json(document)
        return
    print_text(f"{document['model']}, {document['sampling_site']} samples")
    _print_measures(document)
    for key, one in document.get("population", {}).get("cmax_on_grid", {}).items():
        print_text(f"  {key}: peak of 90 % of people {one['p5']:.4g} to {one['p95']:.4g} ng/mL")
    for said in document["warnings"]:
        print_text(f"- {said}")


def _print_measures(one: dict[str, Any]) -> None:
    for key, height in one["cmax"].items():
        if key not in one["tmax_min"]:
            print_text(f"  {key}: peak {height:.4g} ng/mL")
            continue
        area, life = one["auc_inf_ng_h_ml"][key], one["half_life_h"][key]
        whole = "" if area is None else f", area {area:.4g} ng·h/mL"
        slow = "" if life is None else f", half-life {life:.3g} h"
        print_text(f"  {key}: peak {height:.4g} ng/mL after {one['tmax_min'][key]:.1f} min{whole}{slow}")
