"""The arithmetic of a model file: names, numbers, + - * / and brackets, nothing else."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@cache
def parse(text: str) -> ast.expr:
    """The expression as a tree; raises ``ValueError`` with a sentence for anything but arithmetic."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"“{text}” can't be read as arithmetic") from None
    _check(tree, text)
    return tree


def names(text: str) -> set[str]:
    """The names that an expression uses."""
    return {node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name)}


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """The value of an expression, a number or an array, from the values of its names."""
    return _value(parse(text), values)


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _check(left, text)
            _check(right, text)
            return
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, text)
            return
    raise ValueError(f"“{text}” may hold names, numbers, + - * / and brackets only")


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return value
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
    raise AssertionError(node)
