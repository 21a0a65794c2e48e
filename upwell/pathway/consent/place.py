"""What a practice's own texts say: its name, whom to call, where help is in a crisis."""

from __future__ import annotations

from django.utils.translation import gettext as _

from upwell.knowledge.loader import load_crisis
from upwell.pathway.safety import crisis_help
from upwell.people.models import Practice


def place_of(practice: Practice) -> dict[str, str]:
    """The words that a consent text leaves to the practice."""
    help_ = crisis_help(practice)
    known = [one.text for one in load_crisis(practice.jurisdiction).known if one.id != "emergency"]
    own = practice.crisis_line.strip()
    if own:
        known.insert(0, _("Call %(line)s.") % {"line": own})
    return {
        "practice": practice.name,
        "practice_phone": practice.phone.strip() or _("the number that the practice gives you"),
        "crisis": " ".join(known) or _("Ask your team now which crisis line to call."),
        "emergency": help_.emergency_number or _("your country's emergency number"),
    }
