"""Which model is meant: by its id, by a file, or the preferred one for a substance and route."""

from __future__ import annotations

from pathlib import Path

from upwell.base.errors import BadInput, NotFound
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.pharmacology import Model, load_facts, load_model, models_for, parse_model
from upwell.science.pharmacology.doses import check_substance, unmodelled


def choose_model(model: str | Model | None, substance: str | None = None, route: str | None = None) -> Model:
    """The model of that id or file, or the preferred one; raises ``BadInput``."""
    if isinstance(model, Model):
        return model
    chosen = _preferred(substance, route) if model is None else named_model(model)
    check_substance(chosen, substance)
    return chosen


def named_model(name: str) -> Model:
    """A model by its id, or from a file of one's own that ends in ``.toml``."""
    try:
        return read_model_file(Path(name)) if name.endswith(".toml") else load_model(name)
    except (NotFound, KnowledgeError) as error:
        raise BadInput(error.message, path=error.path) from None


def read_model_file(path: Path) -> Model:
    """A model from a file of one's own; raises ``BadInput`` or ``KnowledgeError`` with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{str(path)!r} can't be read: {error}.", path="model") from None
    return parse_model(text, name=path.name)


def _preferred(substance: str | None, route: str | None) -> Model:
    facts = load_facts()
    if substance is None:
        raise BadInput("Name a model, or a substance and a route.", path="model")
    if substance not in facts.substances:
        known = ", ".join(facts.substances)
        raise BadInput(f"“{substance}” is no substance that a model knows: {known}.", path="substance")
    if route is None or route not in facts.routes:
        raise BadInput(f"“{route}” is no route. Known: {', '.join(facts.routes)}.", path="route")
    fitting = models_for(substance, route)
    if not fitting:
        raise BadInput(unmodelled(substance, route), path="route")
    return fitting[0]
