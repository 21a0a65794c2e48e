"""``upwell doctor``: what is wrong with this installation, and how to mend it."""

from upwell.platform.doctor.check import Check, State
from upwell.platform.doctor.examination import examine

__all__ = ["Check", "State", "examine"]
