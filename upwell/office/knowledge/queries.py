"""What stands behind rules at this practice: the edition in force, who signed for it, and what waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from upwell.access.in_force import edition_named
from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.knowledge.catalogue import Entry, Fact, entries, facts_of_rule
from upwell.knowledge.changes import Changes, compare
from upwell.knowledge.edition import Edition, edition, packaged, using
from upwell.office.practice.place import here
from upwell.people.editions import keep_edition
from upwell.people.models import Adoption, ItemText, KnowledgeEdition, KnowledgeText


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edition that can be adopted: what came with the product, or what the practice proposes."""

    version: str
    title: str
    note: str
    kept_at: datetime | None
    changes: Changes | None  # None at the first adoption: there is nothing to compare with
    policies: int
    takes_back: bool = False  # a newer release, which knows nothing of what this practice had set


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the practice stands."""

    version: str
    files: int
    borrowed: tuple[str, ...]
    adoption: Adoption | None
    history: tuple[Adoption, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The facts behind a finding, in the edition with which it was made."""

    rule: str
    version: str
    facts: tuple[tuple[Entry, Fact], ...]
    in_force: bool
    adoption: Adoption | None  # under which it was in force here


def adoptions(by: Actor) -> list[Adoption]:
    """Every adoption of this practice, the latest first."""
    require(by, "knowledge.read")
    return list(
        Adoption.objects.filter(practice_id=here(by))
        .select_related("edition")
        .defer("edition__files")
        .order_by("-number")
    )


def standing(by: Actor) -> Standing:
    """What is in force, who signed for it, and what could be adopted."""
    history = adoptions(by)
    latest = history[0] if history else None
    current = edition()
    return Standing(
        version=current.version,
        files=len(current.texts),
        borrowed=tuple(sorted(current.borrowed)),
        adoption=latest,
        history=tuple(history),
        candidates=tuple(_candidates(by, latest)),
    )


def _candidates(by: Actor, latest: Adoption | None) -> list[Candidate]:
    adopted = None if latest is None else latest.version
    found = []
    if adopted != packaged().version:
        title = _("What comes with this version of Upwell")
        candidate = _candidate(packaged(), title, "", None, latest)
        found.append(replace(candidate, takes_back=began_with(latest) is not None))
    proposed = KnowledgeEdition.objects.filter(practice_id=here(by)).exclude(version=adopted or "")
    if latest is not None:
        proposed = proposed.filter(kept_at__gt=latest.signed_at)
    for row in proposed.order_by("-kept_at")[:3]:
        title = _("What this practice proposes")
        found.append(_candidate(edition_here(row.version), title, row.note, row.kept_at, latest))
    return found


def _candidate(
    wanted: Edition, title: str, note: str, kept_at: datetime | None, latest: Adoption | None
) -> Candidate:
    with using(wanted):
        policies = sum(1 for entry in entries().values() for fact in entry.facts if fact.is_policy)
    return Candidate(wanted.version, title, note, kept_at, changes_to(wanted, latest), policies)


def began_with(latest: Adoption | None) -> Edition | None:
    """The release that the practice's own policies were written into, where a newer one is here; None without them."""
    if latest is None or latest.edition.practice_id is None:
        return None
    own = latest.edition.files
    releases = KnowledgeEdition.objects.filter(practice__isnull=True).values_list("version", "files")
    shared = {version: len(own.items() & files.items()) for version, files in releases}
    closest = [version for version, count in shared.items() if count == max(shared.values())]
    written = edition_here(latest.version)
    found = min((edition_here(one) for one in closest), key=lambda one: _apart(one, written), default=None)
    return None if found is None or found.version == packaged().version else found


def _apart(release: Edition, own: Edition) -> int:
    """How many values of two editions are not the same."""
    return sum(len(one.lines) for one in compare(release, own).facts)


def changes_to(wanted: Edition, latest: Adoption | None) -> Changes | None:
    """What this edition changes against what was adopted last."""
    return None if latest is None else compare(edition_here(latest.version), wanted)


def edition_here(version: str) -> Edition:
    """An edition that this practice may see, by its hash; one that nobody kept can't be shown."""
    found = edition_named(version)
    if found is None:
        raise NotFound(_("Nothing of this version is kept here."))
    return found


def note_of(by: Actor, version: str) -> str:
    """Why this version was proposed, in the words of whoever did."""
    row = KnowledgeEdition.objects.filter(version=version, practice_id=here(by)).only("note").first()
    return row.note if row is not None else ""


def row_of(by: Actor, version: str) -> KnowledgeEdition:
    """The kept edition of this version."""
    if version == packaged().version:
        return keep_edition(packaged(), practice_id=here(by))
    row = KnowledgeEdition.objects.filter(version=version, practice_id=here(by)).first()
    if row is None:
        raise NotFound(_("Nothing of this version is kept here."))
    return row


def explained(by: Actor, rule: str, version: str, said: str = "") -> Explained:
    """The facts behind a finding of this rule, as they read in the version with which it was made.

    ``said`` is the version of a single file, as a score carries it.
    """
    require(by, "knowledge.read")
    current = edition()
    if said:
        former = _former_text(said, current)
        if former is not None:
            return _explained_by_text(by, rule, former, current)
    wanted = edition_here(version) if version and not said and version != current.version else current
    signed = next((one for one in adoptions(by) if one.version == wanted.version.partition("+")[0]), None)
    return Explained(rule, wanted.version, _facts(rule, wanted), wanted.version == current.version, signed)


def _facts(rule: str, wanted: Edition) -> tuple[tuple[Entry, Fact], ...]:
    with using(wanted):
        return tuple((entries()[fact.file], fact) for fact in facts_of_rule(rule))


def _former_text(said: str, current: Edition) -> KnowledgeText | None:
    """The file that said this, where the edition in force says something else now."""
    with using(current):
        if any(entry.version == said for entry in entries().values()):
            return None
    kept = KnowledgeText.objects.filter(says=said.replace("\0", "")).first()
    if kept is None:
        raise NotFound(_("Nothing of this version is kept here."))
    return kept


def _explained_by_text(by: Actor, rule: str, former: KnowledgeText, current: Edition) -> Explained:
    """The edition in force with this one file as it was; signed by whoever signed for that file."""
    signed = Adoption.objects.filter(
        practice_id=here(by), edition__files__contains={former.name: former.sha256}
    )
    found = _facts(rule, Edition({**current.texts, former.name: former.text}))
    return Explained(rule, former.says, found, False, signed.order_by("number").first())


def item_texts(by: Actor, instrument_id: str) -> list[ItemText]:
    """The wording that this practice loaded for an instrument, the latest first."""
    require(by, "knowledge.read")
    rows = ItemText.objects.filter(practice_id=here(by), instrument=instrument_id)
    return list(rows.select_related("loaded_by").order_by("-number"))


def file_shown(by: Actor, name: str, version: str = "") -> Entry:
    """One file of the edition in force, or of another that is kept."""
    require(by, "knowledge.read")
    with using(edition_here(version) if version else edition()):
        entry = entries().get(name)
    if entry is None:
        raise NotFound(_("There is no such file."))
    return entry
