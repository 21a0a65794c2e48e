"""Safety: alerts that stay in sight until somebody has acted, tasks, and help in a crisis."""

from typing import TYPE_CHECKING, Any

from upwell.pathway.safety.crisis import CrisisHelp, crisis_help

if TYPE_CHECKING:
    from upwell.record.triage import raise_level_alert

__all__ = ["CrisisHelp", "crisis_help", "raise_level_alert"]


def __getattr__(name: str) -> Any:
    """What writes rows is loaded when it is used: tables are there only after every step is."""
    if name == "raise_level_alert":
        from upwell.record.triage import raise_level_alert

        return raise_level_alert
    raise AttributeError(name)
