"""What rules run on in the demo: one practice signed, and a local policy waits there; the other has not signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.access.who import staff_actor
from upwell.base.clock import playing_at
from upwell.knowledge.edition import Edition, packaged
from upwell.office.knowledge.actions import adopt, propose
from upwell.people.models import Adoption, Membership
from upwell.platform.demo.cast import DemoPractice


def play_knowledge(demo: DemoPractice, practice_id: UUID, loaded_at: datetime) -> None:
    """The medical director signed before the first course began; a proposal came in since."""
    told = demo.knowledge
    if not told:
        return
    with acting_as(system_actor(Purpose.DEMO, practice_id)):
        if Adoption.objects.filter(practice_id=practice_id).exists():
            return
        email = demo.person("medical-director").email
        works = Membership.objects.select_related("account").get(
            account__email=email, practice_id=practice_id
        )
        director = staff_actor(works, works.account.name)
    with playing_at(loaded_at - timedelta(days=told["signed_days_ago"])), acting_as(director):
        adopt(by=director, version=packaged().version, number=1, name=director.name, policies_seen=True)
    text = packaged().texts[told["file"]]
    for old, new in told["changes"]:
        text = text.replace(old, new, 1)
    system = system_actor(Purpose.DEMO, practice_id)
    with playing_at(loaded_at - timedelta(days=told["proposed_days_ago"])), acting_as(system):
        propose(by=system, wanted=Edition({told["file"]: text}), note=told["note"])
