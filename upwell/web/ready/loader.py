"""Loads templates as Django's cached loader does, and reads them with a parser of our own."""

from __future__ import annotations

from typing import Any

from django.template import Origin, Template, TemplateDoesNotExist
from django.template.base import Lexer, NodeList, Parser
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader

from upwell.web.ready.nodes import ReadyNodes, ready
from upwell.web.ready.values import Expression


class _Parser(Parser):
    """As Django's, with values and nodes that are quicker and say the same."""

    def compile_filter(self, token: str) -> Expression:
        return Expression(token, self)

    def parse(self, parse_until: Any = None) -> NodeList:
        found = super().parse(parse_until)
        nodes = ReadyNodes(ready(node) for node in found)
        nodes.contains_nontext = found.contains_nontext
        return nodes


class _Template(Template):
    def compile_nodelist(self) -> NodeList:
        engine = self.engine
        tokens = Lexer(str(self.source)).tokenize()
        parser = _Parser(tokens, engine.template_libraries, engine.template_builtins, self.origin)
        return parser.parse()


class _Sources(BaseLoader):
    """Finds a template's text and makes it ready; the cached loader keeps it."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        tried = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                text = self.get_contents(origin)  # type: ignore[attr-defined]
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
                continue
            return _Template(text, origin, template_name, self.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)


class Loader(CachedLoader, _Sources):
    """Where settings name it, templates of all applications are made ready."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine, ["django.template.loaders.app_directories.Loader"])
