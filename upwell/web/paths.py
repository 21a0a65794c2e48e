"""Addresses of pages that are about something with an id: lists hold hundreds of them."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import reverse


def path_to(name: str, *ids: UUID | None) -> str:
    """The address of a page, as ``reverse`` gives it; its form is looked up once."""
    return _form(name, len(ids)).format(*ids)


@cache
def _form(name: str, count: int) -> str:
    marks = [UUID(int=number + 1) for number in range(count)]
    found = reverse(name, args=marks)
    for mark in marks:
        found = found.replace(str(mark), "{}", 1)
    return found
