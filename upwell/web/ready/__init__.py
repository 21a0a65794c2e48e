"""Templates made ready when they are loaded: what a page says to everybody alike is put together once, not per person.

Django reads a template once and walks over it with every page. Most of that walk finds the same each time: the words
of a language, an icon, the address of a page, where an included template lies. Here it is found once, and what differs
from person to person is looked up without detours. What a page says does not change; nothing about a person is kept.
"""

from upwell.web.ready.loader import Loader

__all__ = ["Loader"]
