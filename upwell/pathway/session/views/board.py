"""The chair board, for everybody who looks after chairs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.pathway.session.board import board_of


@requires("session.board")
@require_safe
def chair_board(request: HttpRequest) -> HttpResponse:
    """Every chair of the practice, live."""
    return render(request, "session/board.html", _context(request))


@requires("session.board")
@require_safe
def chair_board_part(request: HttpRequest) -> HttpResponse:
    """The live part of the board, as an open page asks for it."""
    return render(request, "session/board_part.html", _context(request))


chair_board_part.in_background = True  # type: ignore[attr-defined]


def _context(request: HttpRequest) -> dict[str, Any]:
    scope: Any = request
    practice_id = scope.actor.practice_id
    if practice_id is None:
        raise NotFound("There are no chairs without a practice.")
    at = now()
    return {"chairs": board_of(practice_id, at), "at": at}
