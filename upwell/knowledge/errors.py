"""A knowledge file that can't be used: says which file, which line, and what is wrong."""

from __future__ import annotations

from upwell.base.errors import UpwellError


class KnowledgeError(UpwellError):
    """A knowledge file is broken; nothing is computed from it. ``path`` is ``file:line``."""

    status, code = 500, "bad-knowledge"
