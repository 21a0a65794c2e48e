"""Small models written for a test: textbook cases whose solution is known on paper."""

from __future__ import annotations

from collections.abc import Mapping

from upwell.knowledge.pharmacology import Model, parse_model

_HEAD = """
kind = "pk-model"
id = "small"
title = "Small"
substance = "esketamine"
rank = 9
reference_weight_kg = 70
not_valid_for = ["people"]
[sources.test]
title = "A textbook"
effective_from = "NR"
[population]
text = "Nobody"
source = ["test"]
confidence = "C"
[sampling]
site = "venous"
text = "None."
source = ["test"]
confidence = "C"
[no_variability]
text = "No variability."
source = ["test"]
confidence = "C"
"""


def model_text(
    states: list[str],
    flows: list[tuple[str, str | None, str]],
    routes: Mapping[str, list[str]],
    parameters: Mapping[str, tuple[float, str]],
) -> str:
    """A model file: flows as (from, to, rate), routes as the lines of their inputs."""
    listed = ", ".join(f'"{one}"' for one in states)
    parts = [_HEAD, f'[structure]\nstates = [{listed}]\nsource = ["test"]\nconfidence = "C"']
    for source, target, rate in flows:
        to = f'to = "{target}"\n' if target else ""
        parts.append(f'[[flows]]\nfrom = "{source}"\n{to}rate = "{rate}"')
    parts.append(
        '[[analytes]]\nid = "ketamine"\ntitle = "it"\nstate = "central"\nvolume = "v"\noffers = "everything"'
    )
    for route, inputs in routes.items():
        parts.append(f'[routes.{route}]\ntitle = "it"\nsource = ["test"]\nconfidence = "C"')
        parts.extend(f"[[routes.{route}.inputs]]\n{one}" for one in inputs)
    for name, (value, unit) in parameters.items():
        parts.append(f'[parameters.{name}]\ntitle = "it"\nvalue = {value!r}\nunit = "{unit}"')
        parts.append('source = ["test"]\nconfidence = "C"')
    return "\n".join(parts)


def one_compartment(k: float, v: float = 1.0) -> Model:
    text = model_text(
        ["central"], [("central", None, "k")], {"iv": ['into = "central"\nas = "infusion"']},
        {"k": (k, "1/min"), "v": (v, "L")},
    )  # fmt: skip
    return parse_model(text, name="small.toml")


def absorbed(ka: float, k: float, v: float = 1.0, lag: float = 0.0) -> Model:
    text = model_text(
        ["depot", "central"],
        [("depot", "central", "ka"), ("central", None, "k")],
        {"oral": ['into = "depot"\nas = "bolus"\nlag = "lag"'], "iv": ['into = "central"\nas = "infusion"']},
        {"ka": (ka, "1/min"), "k": (k, "1/min"), "v": (v, "L"), "lag": (lag, "min")},
    )
    return parse_model(text, name="small.toml")


def chain(length: int, k: float) -> Model:
    """A chain of equal rates into a compartment that loses at the same rate: one eigenvalue, many times."""
    states = [f"transit_{place}" for place in range(length)] + ["central"]
    flows = [(one, states[place + 1], "k") for place, one in enumerate(states[:-1])]
    text = model_text(
        states, [*flows, ("central", None, "k")], {"oral": ['into = "transit_0"\nas = "bolus"']},
        {"k": (k, "1/min"), "v": (1.0, "L")},
    )  # fmt: skip
    return parse_model(text, name="small.toml")
