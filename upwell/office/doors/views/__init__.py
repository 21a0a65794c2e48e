"""The pages at the doors."""

from upwell.office.doors.views.account import account
from upwell.office.doors.views.csrf import csrf_failure
from upwell.office.doors.views.demo import demo_enter
from upwell.office.doors.views.invitation import invitation
from upwell.office.doors.views.log_in import log_in
from upwell.office.doors.views.start import home, practice_switch

__all__ = ["account", "csrf_failure", "demo_enter", "home", "invitation", "log_in", "practice_switch"]
