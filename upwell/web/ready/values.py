"""Values in a template, looked up without detours. What is not found at once is looked for as Django does."""

from __future__ import annotations

from html import escape
from typing import Any

from django.template.base import (
    FilterExpression,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.utils.safestring import SafeString

_NOT_FOUND = (AttributeError, KeyError, TypeError, ValueError, IndexError)


class _Variable(Variable):
    """A name, and what is asked of it: a key of a dictionary, an attribute, an answer without arguments."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        lookups = self.lookups
        if lookups is None:
            return super().resolve(context)
        try:
            return _found(lookups, context)
        except Exception as error:
            if isinstance(error, _NOT_FOUND) or getattr(error, "silent_variable_failure", False):
                return super().resolve(context)
            raise


def _found(lookups: tuple[str, ...], context: Any) -> Any:
    current = context
    for bit in lookups:
        if current is context:
            for names in reversed(context.dicts):
                if bit in names:
                    current = names[bit]
                    break
            else:
                raise KeyError(bit)
        else:
            kind = type(current)
            if kind is dict:
                current = current[bit] if bit in current else getattr(current, bit)
            elif hasattr(kind, "__getitem__") and not issubclass(kind, tuple):
                raise TypeError  # a form, a list, a session: Django knows how to ask them
            else:
                current = getattr(current, bit)
        if callable(current):
            if getattr(current, "alters_data", False):
                raise TypeError
            if not getattr(current, "do_not_call_in_templates", False):
                current = current()
    return current


class Expression(FilterExpression):
    """A value with its filters."""

    __slots__ = ()

    def __init__(self, token: str, parser: Any) -> None:
        super().__init__(token, parser)
        if self.is_var:
            self.var = _Variable(self.var.var)

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        if self.filters or not self.is_var:
            return super().resolve(context, ignore_failures)
        try:
            return self.var.resolve(context)
        except VariableDoesNotExist:
            return super().resolve(context, ignore_failures)


class ReadyValue(VariableNode):
    """A value on the page. Text needs nothing but to be escaped; numbers and moments are said as people write them."""

    def render(self, context: Any) -> str:
        try:
            value = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        kind = type(value)
        if kind is SafeString:
            return str(value)
        if kind is str and context.autoescape:
            return SafeString(escape(value))
        return render_value_in_context(value, context)
