"""Adopting an edition, and proposing one of the practice's own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, StaleState
from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.knowledge.carrying import carried
from upwell.knowledge.catalogue import entries
from upwell.knowledge.check import check_edition
from upwell.knowledge.edition import Edition, packaged, text_of, using
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.item_text import LOADED, check_item_text
from upwell.knowledge.loader import load_instrument, parse_instrument
from upwell.knowledge.setting import NewSource, Scalar, still_said, with_values
from upwell.office.knowledge.policies import base_of, policy_of
from upwell.office.knowledge.queries import adoptions, began_with, changes_to, edition_here, row_of
from upwell.office.knowledge.words import told_of
from upwell.office.practice.place import here
from upwell.people.editions import keep_edition
from upwell.people.models import Adoption, ItemText, KnowledgeEdition, Practice


def statement_for(practice: str, version: str, policies: int) -> str:
    """What a medical director signs, word for word."""
    return _(
        "I have seen what changed. I adopt version %(version)s of what rules run on for %(practice)s, with the"
        " %(n)d local policies in it, and it is in force from now on."
    ) % {"version": version[:12], "practice": practice, "n": policies}


def adopt(*, by: Actor, version: str, number: int, name: str, policies_seen: bool) -> Adoption:
    """Sign for an edition: from now on rules run on it. ``number`` is the adoption that this one will be."""
    require(by, "knowledge.adopt")
    account = by.account_id
    if account is None:
        raise NotPermitted(_("Only a person can sign."))
    done = adoptions(by)
    latest = done[0] if done else None
    if number != len(done) + 1 or (latest is not None and latest.version == version):
        raise StaleState(_("Somebody signed meanwhile. Look at what is in force now, then decide again."))
    signed = _checked_name(name)
    if not policies_seen:
        raise BadInput(_("Say that you have read the local policies."), path="policies_seen")
    wanted = edition_here(version)
    _refuse_broken(wanted)
    with using(wanted):
        policies = [
            {"file": entry.name, "fact": fact.path}
            for entry in entries().values()
            for fact in entry.facts
            if fact.is_policy
        ]
    changes = changes_to(wanted, latest)
    practice = Practice.objects.get(id=here(by))
    row = Adoption(
        practice=practice,
        number=number,
        edition=row_of(by, version),
        version=version,
        facts_changed=len(changes.facts) if changes is not None else 0,
        policies=policies,
        statement=statement_for(practice.name, version, len(policies)),
        signed_by_id=account,
        signed_name=signed,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState(
            _("Somebody signed meanwhile. Look at what is in force now, then decide again.")
        ) from error
    record("knowledge.adopted", by=by, object_type="adoption", object_id=row.id, version=version)
    return row


def propose(*, by: Actor, wanted: Edition, note: str) -> KnowledgeEdition:
    """Keep an edition that the practice wrote, for the medical director to look at. Nothing is in force by it."""
    if by.kind != "system":
        require(by, "practice.manage")
    words = own_line(note, path="note")
    whole = Edition({**packaged().texts, **wanted.texts})
    _refuse_broken(whole, only=set(wanted.texts))
    row = keep_edition(whole, practice_id=here(by), note=words, account_id=by.account_id)
    record(
        "knowledge.proposed", by=by, object_type="knowledge-edition", object_id=row.id, version=row.version
    )
    return row


def propose_policy(
    *, by: Actor, version: str, name: str, path: str, given: Mapping[str, Scalar], reason: str, read: bool
) -> KnowledgeEdition:
    """Propose other values for one local policy, for the medical director to look at once more, and to sign.

    ``version`` is what it is based on, empty for what is in force; ``given`` by the key of each value; ``read`` says
    that the sentences were read, and are right though they may say a number that is another one now.
    """
    require(by, "knowledge.adopt")
    words = own_line(reason, path="reason")
    base = base_of(by, version)
    policy = policy_of(base, name, path)
    new = {one.path: given[one.key] for one in policy.values if given.get(one.key, one.value) != one.value}
    if not new:
        raise BadInput(_("Nothing is other than it was. Change a value, or leave it as it is."))
    stale = None if read else still_said(policy.values, new)
    if stale is not None:
        told = _(
            "This still says the number as it was. Change the sentence too, or say below that it is right."
        )
        raise BadInput(told, path=stale.key)
    text = with_values(base.texts[name], policy.fact, new, _own_source(by, policy.entry.content))
    whole = Edition({**base.texts, name: text})
    _refuse_broken(whole, only={name})
    row = keep_edition(whole, practice_id=here(by), note=words, account_id=by.account_id)
    record(
        "knowledge.proposed", by=by, object_type="knowledge-edition", object_id=row.id, version=row.version
    )
    return row


def take_along(*, by: Actor) -> KnowledgeEdition:
    """Propose what comes with this version of Upwell with the practice's own policies in it. Nothing is in force by it.

    What could not be taken along, or what the release says otherwise now, is said in its note.
    """
    require(by, "knowledge.adopt")
    latest = next(iter(adoptions(by)), None)
    began = began_with(latest)
    if latest is None or began is None:
        raise StaleState(_("There is nothing to take along: look at what is in force now."))
    done = carried(began, edition_here(latest.version), packaged(), _own_source(by, {}))
    if done.edition.version == packaged().version:
        raise BadInput(
            _("None of your own policies can be taken along. %s Set them anew before you sign.")
            % told_of(done.policies)
        )
    _refuse_broken(done.edition)
    note = told_of(done.policies)[:LONGEST_WORDS]
    row = keep_edition(done.edition, practice_id=here(by), note=note, account_id=by.account_id)
    record(
        "knowledge.proposed", by=by, object_type="knowledge-edition", object_id=row.id, version=row.version
    )
    return row


def own_line(words: str, *, path: str) -> str:
    """Why something is proposed: a line in people's own words."""
    line = words.strip()
    if not line:
        raise BadInput(_("Write down why this is proposed."), path=path)
    if len(line) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path=path
        )
    return line


def _own_source(by: Actor, content: Mapping[str, Any]) -> NewSource:
    """The practice as a source, with the day on its own clock."""
    practice = Practice.objects.get(id=here(by))
    taken = set(content.get("sources", {}))
    number = next(one for one in count(1) if f"practice-{one}" not in taken)
    title = _("%(practice)s: local policy of its own") % {"practice": practice.name}
    today = now().astimezone(ZoneInfo(practice.time_zone)).date()
    return NewSource(f"practice-{number}", title, today.isoformat())


def load_text(*, by: Actor, instrument_id: str, document: Any, licence: str) -> ItemText:
    """Load the licensed wording of an instrument for this practice; the latest counts, and earlier ones stay."""
    if by.kind != "system":
        require(by, "practice.manage")
    if not licence.strip():
        raise BadInput(_("Write down by what right the practice shows this text."), path="licence")
    if len(licence) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path="licence"
        )
    instrument = load_instrument(instrument_id)
    words = check_item_text(_without_words(instrument), document)
    there = ItemText.objects.filter(practice_id=here(by), instrument=instrument.id)
    row = ItemText(
        practice_id=here(by),
        instrument=instrument.id,
        number=there.count() + 1,
        items=words,
        licence=licence.strip(),
        loaded_by_id=by.account_id,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState(
            _("Somebody loaded this text at the same moment. Look at it, then load again.")
        ) from error
    record(
        "knowledge.text-loaded", by=by, object_type="item-text", object_id=row.id, instrument=instrument.id
    )
    return row


def _without_words(instrument: Instrument) -> Instrument:
    """The instrument as it ships: new wording replaces what was loaded before."""
    if instrument.text_status != LOADED:
        return instrument
    name = f"instruments/{instrument.id}.toml"
    return parse_instrument(text_of(name), name=name)


def _refuse_broken(wanted: Edition, only: set[str] | None = None) -> None:
    """Nobody signs for what this version of Upwell can't read."""
    if wanted is packaged():
        return
    changed = {
        n: t for n, t in wanted.texts.items() if packaged().texts.get(n) != t and (not only or n in only)
    }
    problems = check_edition(Edition(changed))
    if problems:
        raise BadInput(
            _("It can't be adopted: %s") % problems[0], path=f"{problems[0].file}:{problems[0].line}"
        )


def _checked_name(name: str) -> str:
    words = name.strip()
    if not words:
        raise BadInput(_("Write your name as your signature."), path="name")
    if len(words) > LONGEST_NAME:
        raise BadInput(_("That is too long for a name."), path="name")
    return words
