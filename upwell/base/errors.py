"""The one tree of errors: each says what happened and what to do, and knows its HTTP status."""

from __future__ import annotations


class UpwellError(Exception):
    """Something was refused, in words a person can act on.

    ``message`` is shown to people as it stands; ``path`` names the place in the input
    (``"vitals.0.at"``, ``"line 7"``, a form field) where there is one.
    """

    status = 500
    code = "error"

    def __init__(self, message: str, *, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def as_json(self) -> dict[str, dict[str, str | None]]:
        """The error as every ``--json`` command prints it."""
        return {"error": {"code": self.code, "message": self.message, "path": self.path}}


class NotPermitted(UpwellError):
    """The actor's role does not allow this."""

    status, code = 403, "not-permitted"


class NotFound(UpwellError):
    """There is no such thing, or the actor may not know that there is."""

    status, code = 404, "not-found"


class RefusedByRule(UpwellError):
    """A clinical or house rule stands against it."""

    status, code = 409, "refused-by-rule"


class StaleState(UpwellError):
    """Somebody changed it in the meantime."""

    status, code = 409, "stale-state"


class BadInput(UpwellError):
    """The input can't be taken as it is; nothing was changed."""

    status, code = 422, "bad-input"


class Unavailable(UpwellError):
    """A part that is needed is not there right now."""

    status, code = 503, "unavailable"
