"""The parts of a template that are walked over with every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.template import Context
from django.template.base import Node, NodeList, TextNode, VariableNode
from django.template.defaulttags import ForNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode, construct_relative_path
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from upwell.web.paths import path_to
from upwell.web.ready.values import ReadyValue

_YES_OR_NO = (("True",), ("False",))


class ReadyNodes(NodeList):
    """Parts one after the other; text that stands side by side is one text."""

    _steps: list[str | Callable[[Any], str]] | None = None

    def render(self, context: Any) -> SafeString:
        steps = self._steps
        if steps is None:
            steps = self._steps = _steps_of(self)
        return SafeString("".join([step if isinstance(step, str) else step(context) for step in steps]))


def _steps_of(nodes: NodeList) -> list[str | Callable[[Any], str]]:
    steps: list[Any] = []
    for node in nodes:
        if not isinstance(node, TextNode):
            steps.append(node.render)
        elif steps and isinstance(steps[-1], str):
            steps[-1] += str(node.s)
        else:
            steps.append(str(node.s))
    return steps


class _Words(TranslateNode):
    """{% trans "…" %}: the words of a language are looked up once."""

    said: dict[str | None, str]

    def render(self, context: Any) -> str:
        language = get_language()
        words = self.said.get(language)
        if words is None:
            words = self.said[language] = super().render(context)
        return words


class _Include(IncludeNode):
    """{% include "…" %} of a template that is named: it is found once."""

    found: Any = None
    template: Any
    origin: Any

    def render(self, context: Any) -> SafeString:
        template = self.found
        if template is None:
            name = construct_relative_path(self.origin.template_name, self.template.var)
            template = self.found = context.template.engine.select_template((name,))
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        state = context.render_context
        before = state.template
        context.dicts.append(values)
        state.dicts.append({})
        state.template = template
        try:
            return template._render(context)  # type: ignore[no-any-return]
        finally:
            state.template = before
            state.dicts.pop()
            context.dicts.pop()


class _For(ForNode):
    """{% for one in many %}."""

    sequence: Any
    nodelist_loop: Any
    nodelist_empty: Any
    loopvars: Any

    def render(self, context: Any) -> SafeString:
        values = self.sequence.resolve(context, ignore_failures=True)
        values = [] if values is None else values if hasattr(values, "__len__") else list(values)
        [name], body, count = self.loopvars, self.nodelist_loop, len(values)
        loop: dict[str, Any] = {"parentloop": context.get("forloop", {})}
        names = {"forloop": loop, name: None}
        context.dicts.append(names)
        said = []
        try:
            if count < 1:
                del names["forloop"], names[name]
                return SafeString(self.nodelist_empty.render(context))
            for place, one in enumerate(reversed(values) if self.is_reversed else values):
                loop["counter0"], loop["counter"] = place, place + 1
                loop["revcounter"], loop["revcounter0"] = count - place, count - place - 1
                loop["first"], loop["last"] = place == 0, place == count - 1
                names[name] = one
                said.append(body.render(context))
        finally:
            context.dicts.pop()
        return SafeString("".join(said))


class _Address(URLNode):
    """{% url "…" one.id %}: the form of an address is looked up once."""

    def render(self, context: Any) -> str:
        ids = [one.resolve(context) for one in self.args]
        if not all(type(one) is UUID for one in ids):
            return super().render(context)
        return path_to(self.view_name.var, *ids)


def _is_said(value: Any) -> bool:
    """Whether a value stands in the template itself, in no language."""
    if value is None:
        return True
    if value.filters:
        return False
    if not value.is_var:
        return isinstance(value.var, str)
    return value.var.lookups in _YES_OR_NO or (value.var.lookups is None and not value.var.translate)


def _is_icon(node: Any) -> bool:
    if node.target_var is not None or node.func.__name__ != "icon":
        return False
    return all(_is_said(value) for value in (*node.args, *node.kwargs.values()))


def _as_text(node: Any) -> TextNode:
    """What a tag says to everybody, as if it stood in the template."""
    text: Any = TextNode(node.render(Context()))
    text.token, text.origin = node.token, node.origin
    return text  # type: ignore[no-any-return]


def ready(node: Any) -> Node:
    """The node as it is walked over: what can be found once is found once."""
    kind = type(node)
    if kind is VariableNode:
        node.__class__ = ReadyValue
    elif kind is TranslateNode and not node.asvar and _is_said(node.message_context):
        if not node.filter_expression.filters and node.filter_expression.var.lookups is None:
            node.__class__, node.said = _Words, {}
    elif kind is IncludeNode and not node.isolated_context and _is_said(node.template):
        node.__class__ = _Include
    elif kind is ForNode and len(node.loopvars) == 1:
        node.__class__ = _For
    elif kind is URLNode and not node.kwargs and not node.asvar and _is_said(node.view_name):
        node.__class__ = _Address
    elif kind is SimpleNode and _is_icon(node):
        return _as_text(node)
    return node  # type: ignore[no-any-return]
