"""Safety: alerts that stay in sight until somebody has acted, tasks, and help in a crisis."""

from upwell.pathway.safety.crisis import CrisisHelp, crisis_help

__all__ = ["CrisisHelp", "crisis_help"]
