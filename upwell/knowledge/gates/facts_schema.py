"""Checks a file of facts against its published schema, and says in words what can't be taken."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from upwell.knowledge.refusals import refusal
from upwell.knowledge.schemas import load_schema


def check_facts(document: Any) -> None:
    """Refuse facts that the schema does not allow, with the path of what is wrong."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise refusal(error, what="a fact")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(load_schema("facts"))
