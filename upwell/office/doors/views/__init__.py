"""The pages at the doors."""

from upwell.office.doors.views.account import account
from upwell.office.doors.views.csrf import csrf_failure
from upwell.office.doors.views.demo import demo_enter
from upwell.office.doors.views.invitation import invitation
from upwell.office.doors.views.log_in import forgotten, log_in, to_account
from upwell.office.doors.views.passkey import add_passkey
from upwell.office.doors.views.start import home, practice_switch

__all__ = [
    "account",
    "add_passkey",
    "csrf_failure",
    "demo_enter",
    "forgotten",
    "home",
    "invitation",
    "log_in",
    "practice_switch",
    "to_account",
]
