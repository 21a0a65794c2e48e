"""The first pass: read everything, check it, and let it wait in the spool."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from upwell.exchange.fhir.canonical import content_hash
from upwell.exchange.fhir.dates import read_date
from upwell.exchange.fhir.desk import Desk
from upwell.exchange.fhir.files import Found as Files
from upwell.exchange.fhir.job import Job
from upwell.exchange.fhir.mapping.party import identifiers
from upwell.exchange.fhir.oddities import oddities
from upwell.exchange.fhir.places import Refusal, Wrong
from upwell.exchange.fhir.reader import Aside, Item, Reader
from upwell.exchange.fhir.references import ById, ByUrl, Nowhere, id_in, pointers, subject_of
from upwell.exchange.fhir.report import FileReport
from upwell.exchange.fhir.resolve import Lost, Resolver
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.spool import Spool, Waiting
from upwell.exchange.fhir.twins import strangers
from upwell.exchange.fhir.validate import CLINICAL, USED, check_identity, check_resource

SOMEBODY_ELSE = (
    "has neither name, birth date nor any number in common with the person who came under this id before; "
    "records of another system need a --source of their own"
)
NOT_A_CHART = ("Group", "Device", "Location")  # R4 lets these be the subject too


class Intake:
    """Reads, checks and spools."""

    def __init__(self, job: Job) -> None:
        self._spool = job.spool
        self._desk = job.desk
        self._report = job.report
        self._bases = job.bases
        self._now = job.now

    def read(self, files: Files, on_bytes: Callable[[int], None]) -> None:
        """Read every file into the spool."""
        reader = Reader(on_bytes)
        for source in files.sources:
            self._report.files[source.name] = FileReport(source.name, source.size)
        for source in files.sources:
            for found in reader.read(source):
                if isinstance(found, Refusal):
                    self._desk.refuse(found)
                elif isinstance(found, Aside):
                    self._report.leave_aside(found.kind, found.place)
                else:
                    self._take(found)
        self._spool.finish_reading()

    def _take(self, item: Item) -> None:
        resource, place = item.resource, item.place
        self._report.files[place.file].read += 1
        try:
            if isinstance(resource, dict) and "id" not in resource and item.full_url:
                ident = id_in(item.full_url, str(resource.get("resourceType")))
                key = check_identity(resource | {"id": ident} if ident else resource)
            else:
                key = check_identity(resource)
            check_resource(resource, self._now)
            if key[0] not in USED:
                self._report.leave_aside(key[0], place)
                return
            subject = self._subject(key, resource)
        except Wrong as wrong:
            self._desk.refuse(Refusal(place, wrong.reason, name_of(resource), wrong.field))
            return
        if subject is None:
            self._report.leave_aside(f"{key[0]} (not about a patient)", place)
            return
        self._spool_it(item, key, subject)

    def _spool_it(self, item: Item, key: tuple[str, str], subject: str) -> None:
        resource, place = item.resource, item.place
        if item.full_url:
            self._spool.add_full_url(item.full_url, item.scope, key)
            self._bases.note_entry(item.full_url)
        waiting = Waiting(*key, content_hash(resource), place, item.scope, subject, item.body)
        if not self._spool.add(waiting):
            self._report.of(key[0]).repeated += 1
            return
        self._spool.add_identifiers(key, identifiers(resource))
        for oddity, element in oddities(resource, self._now):
            self._report.notice(oddity, place, "/".join(key), element)

    def _subject(self, key: tuple[str, str], resource: Json) -> str | None:
        """The reference to the patient, without names; None if it is about a group, a device or a place."""
        if key[0] not in CLINICAL:
            return ""
        reference = subject_of(resource)
        if reference is None:
            raise Wrong("is missing, so it belongs into nobody's chart", "subject")
        text = reference.get("reference")
        found = pointers(reference, "subject")
        if isinstance(found[0], ById) and found[0].type in NOT_A_CHART:
            return None
        for pointer in found:
            self._bases.note_subject(pointer)
        bare = {name: reference[name] for name in ("identifier", "reference", "type") if reference.get(name)}
        if isinstance(text, str) and text.startswith("#"):
            bare["contained"] = resource.get("contained")
        return orjson.dumps(bare, option=orjson.OPT_SORT_KEYS).decode()


def name_of(resource: Any) -> str:
    """Type and id, as far as a refused resource gives them in a form that can be shown."""
    if not isinstance(resource, dict):
        return ""
    kind, ident = resource.get("resourceType"), resource.get("id")
    named = kind if isinstance(kind, str) and kind.isalnum() and len(kind) <= 64 else ""
    known = ident if isinstance(ident, str) and len(ident) <= 64 and ident.isprintable() else ""
    return f"{named}/{known}" if named and known else named


def settle_versions(spool: Spool, desk: Desk) -> None:
    """Where one identity has different contents: the newest wins if all say their time, else none."""
    for group in spool.contested():
        winner = newest(group)
        if winner is not None:
            spool.refuse(item.seq for item in group if item is not winner)
            desk.report.of(winner.type).superseded += len(group) - 1
            continue
        places = "; ".join(str(item.place) for item in group)
        spool.refuse(item.seq for item in group)
        for item in group:
            reason = (
                f"stands in the input with different contents, and nothing says which is newer ({places})"
            )
            desk.refuse(Refusal(item.place, reason, f"{item.type}/{item.id}"))


def newest(group: list[Waiting]) -> Waiting | None:
    """The newest of several versions, by ``meta.lastUpdated``, else by ``meta.versionId``; or None."""
    metas = [orjson.loads(item.body).get("meta") or {} for item in group]
    for stamp in (_updated, _version):
        stamps = [stamp(meta) for meta in metas]
        if None in stamps:
            continue
        best = max(stamps)
        if stamps.count(best) == 1:
            return group[stamps.index(best)]
    return None


def _updated(meta: Json) -> datetime | Any:
    text = meta.get("lastUpdated")
    return read_date(text).earliest if isinstance(text, str) else None


def _version(meta: Json) -> int | Any:
    text = meta.get("versionId")
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None


def settle_people(job: Job) -> None:
    """Refuse who is somebody else than this source had under their id: most likely they are another system's people.

    Their records are refused with them; taken into the chart that is here, they would be in another person's chart.
    """
    found = [item for part in job.spool.patients() for item in strangers(job.practice, part)]
    job.spool.refuse(item.seq for item in found)
    for item in found:
        job.practice.forget((item.type, item.id))
        job.desk.refuse(Refusal(item.place, SOMEBODY_ELSE, f"{item.type}/{item.id}"))


def settle_subjects(spool: Spool, desk: Desk, resolver: Resolver) -> None:
    """Find the patient of every clinical resource; what belongs into nobody's chart is refused."""
    lost: list[tuple[str, int, Lost]] = []
    for part in spool.subjects():
        read = [(text, scope, orjson.loads(text)) for text, scope in part]
        resolver.prime(pointer for _, _, ref in read for pointer in pointers(ref, "subject"))
        for text, scope, reference in read:
            outcome = resolver.patient(reference, scope)
            if isinstance(outcome, Lost):
                lost.append((text, scope, outcome))
            else:
                spool.settle_subject(text, scope, outcome.key)
    for text, scope, outcome in lost:
        _refuse_all_about(spool, desk, text, scope, outcome.why)


def _refuse_all_about(spool: Spool, desk: Desk, text: str, scope: int, why: str) -> None:
    reference = orjson.loads(text)
    kinds = {type(pointer) for pointer in pointers(reference, "subject")}
    if kinds & {ById, ByUrl}:
        shown = f"refers to {reference.get('reference')}, which"
    else:
        shown = "names its patient by what" if kinds == {Nowhere} else "refers to a patient who"
    found = spool.about(text, scope)
    spool.refuse(seq for seq, *_ in found)
    for _, kind, ident, place in found:
        element = "patient" if kind == "AllergyIntolerance" else "subject"
        desk.refuse(Refusal(place, f"{shown} {why}", f"{kind}/{ident}", element))
