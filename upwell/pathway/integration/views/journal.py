"""The private journal. Nobody else reads it, and it is no way to call for help: both are said on every page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_of
from upwell.base.errors import BadInput, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_journal_prompts
from upwell.pathway.integration import own_queries as own
from upwell.pathway.integration.actions import put_away, share_entry, take_entry_back, write_entry
from upwell.pathway.integration.forms import EntryForm
from upwell.pathway.integration.models import JournalEntry
from upwell.pathway.integration.rules import prompt_of
from upwell.pathway.kept_text import without_kept
from upwell.pathway.local_time import today
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("own.journal")
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """My journal: the pages, the latest first."""
    scope: Any = request
    away = request.GET.get("show") == "away"
    page = own.own_entries(scope.actor, request.GET.get("page", "1"), put_away=away)
    context = {
        "page_obj": page,
        "away": away,
        "shared": own.shared_ids(scope.actor, list(page.object_list)),
        "prompt": _prompt(),
    }
    return render(request, "integration/journal.html", context)


@requires("own.journal")
@PAGE_METHODS
def journal_new(request: HttpRequest) -> HttpResponse:
    """A new page of my journal, with a question of the day that nobody has to answer."""
    scope: Any = request
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    if request.method == "POST":
        return _save(request, number, None)
    if JournalEntry.objects.filter(id=number).exists():
        return redirect("journal_entry", number)
    initial = {"day": today(), "prompt": _prompt()} | _kept(request)
    form = EntryForm(initial=initial | {"owner": str(scope.actor.account_id)})
    return without_kept(request, _show(request, form, None))


@requires("own.journal")
@PAGE_METHODS
def journal_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One page: read it, change it, put it away, share it with the team or no longer."""
    scope: Any = request
    entry = own.own_entry(scope.actor, entry_id)
    if request.method == "POST":
        event = request.POST.get("event", "save")
        return _save(request, entry_id, entry) if event == "save" else _act(request, entry, event)
    initial = {"words": entry.words, "day": entry.day, "version": entry.version} | _kept(request)
    form = EntryForm(initial=initial | {"owner": str(scope.actor.account_id)})
    return without_kept(request, _show(request, form, entry))


def _save(request: HttpRequest, entry_id: UUID, entry: JournalEntry | None) -> HttpResponse:
    scope: Any = request
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _show(request, form, entry, status=422)
    given = form.cleaned_data
    prompts = load_journal_prompts().prompts
    try:
        write_entry(
            by=scope.actor,
            entry_id=entry_id,
            day=given["day"],
            words=given["words"],
            prompt=given["prompt"] if given["prompt"] in prompts else "",
            today=today(),
            seen_version=given["version"],
        )
    except (BadInput, StaleState) as error:
        return _refused(request, form, error, entry_id)
    messages.success(request, _("Saved. Only you can read it."))
    return redirect("journal")


def _refused(request: HttpRequest, form: EntryForm, error: UpwellError, entry_id: UUID) -> HttpResponse:
    """Say what is wrong with every word still there; a page that changed meanwhile can be saved over knowingly."""
    scope: Any = request
    form.add_error(error.path if error.path in form.fields else None, error.message)
    entry = None
    if isinstance(error, StaleState):
        entry = own.own_entry(scope.actor, entry_id)
        form.data = {**request.POST.dict(), "version": str(entry.version)}
    return _show(request, form, entry, status=error.status)


def _act(request: HttpRequest, entry: JournalEntry, event: str) -> HttpResponse:
    scope: Any = request
    if event == "share":
        share_entry(by=scope.actor, entry_id=entry.id)
        messages.success(request, _("Shared. Your care team can read this page as it stands now."))
    elif event == "take-back":
        take_entry_back(by=scope.actor, entry_id=entry.id)
        messages.success(request, _("Taken back. From now on only you can read it."))
    elif event in {"put-away", "bring-back"}:
        put_away(by=scope.actor, entry_id=entry.id, away=event == "put-away")
        messages.success(request, _("Put away.") if event == "put-away" else _("Back in your journal."))
        return redirect("journal")
    return redirect("journal_entry", entry.id)


def _show(
    request: HttpRequest, form: EntryForm, entry: JournalEntry | None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "entry": entry,
        "prompt": entry.prompt if entry else _prompt(),
        "copy": own.open_copy(entry.id) if entry else None,
        "former": own.former_words(entry) if entry else [],
    }
    return render(request, "integration/journal_entry.html", context, status=status)


def _prompt() -> str:
    return prompt_of(today(), load_journal_prompts().prompts)


def _kept(request: HttpRequest) -> dict[str, str]:
    scope: Any = request
    kept = kept_of(request, scope.actor.account_id)
    if kept.get("words", "").strip():
        messages.info(
            request, _("What you had written is still here. It is not saved yet: send it once more.")
        )
    return {name: kept[name] for name in ("words", "day", "prompt") if name in kept}
