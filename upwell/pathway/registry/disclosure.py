"""Numbers over few people are not shown: the rule, and how a number is shown under it. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from upwell.base.finding import Finding, Severity, Source


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The smallest group whose numbers are shown, and why."""

    smallest_group: int
    finding: Finding

    def is_shown(self, people: int) -> bool:
        """Whether numbers over so many people may be shown."""
        return people >= self.smallest_group

    def words(self, count: int, people: int) -> str:
        """A count as it may be shown; ``people`` is how many persons stand behind it."""
        if self.is_shown(people):
            return str(count)
        return _("fewer than %(n)d") % {"n": self.smallest_group}


@cache
def disclosure() -> Disclosure:
    """The rule, as shipped."""
    raw = tomllib.loads((Path(__file__).parent / "disclosure.toml").read_text("utf-8"))
    smallest = int(raw["smallest_group"])
    finding = Finding(
        rule=raw["rule"],
        severity=Severity.INFORMATION,
        message=raw["message"].format(smallest_group=smallest),
        source=(Source(raw["source"], raw["confidence"]),),
        policy=True,
    )
    return Disclosure(smallest, finding)
