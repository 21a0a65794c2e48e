"""Loads the models of exposure; each file is checked once and then kept. Adding a model is adding a file."""

from __future__ import annotations

from pathlib import Path

from upwell.base.errors import NotFound
from upwell.knowledge.edition import FOLDER as KNOWLEDGE
from upwell.knowledge.edition import kept, names_in, text_of
from upwell.knowledge.pharmacology.build import build_model
from upwell.knowledge.pharmacology.check import check_model
from upwell.knowledge.pharmacology.model import Model
from upwell.knowledge.toml_file import read_knowledge

FOLDER = KNOWLEDGE / "pharmacology/models"


def known_models() -> list[str]:
    """The ids of all models that come with the product."""
    return names_in("pharmacology/models")


@kept
def load_model(model_id: str) -> Model:
    """A model by its id, such as ``simons-2022``; raises ``NotFound`` that lists the known ones."""
    if model_id not in known_models():
        raise NotFound(f"There is no model “{model_id}”. Known: {', '.join(known_models())}.", path="model")
    return parse_model(text_of(f"pharmacology/models/{model_id}.toml"), name=f"{model_id}.toml")


def parse_model(text: str, *, name: str) -> Model:
    """A model from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="pk-model")
    check_model(file)
    stem = Path(name).stem
    if stem != file.content["id"]:
        raise file.error(f"the id should be “{stem}”, as the file is called", ("id",))
    return build_model(file.content, file.version)


def models_for(substance: str, route: str) -> list[Model]:
    """The models that cover a substance by a route, the preferred one first."""
    models = (load_model(name) for name in known_models())
    fitting = [one for one in models if one.substance == substance and route in one.routes]
    return sorted(fitting, key=lambda one: one.rank)
