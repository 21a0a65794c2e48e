"""Pages on what rules run on."""

from upwell.office.knowledge.views.adopting import overview, take_along, version
from upwell.office.knowledge.views.library import instrument, instruments
from upwell.office.knowledge.views.policies import policies, policy
from upwell.office.knowledge.views.reading import file, files, why

__all__ = [
    "file",
    "files",
    "instrument",
    "instruments",
    "overview",
    "policies",
    "policy",
    "take_along",
    "version",
    "why",
]
