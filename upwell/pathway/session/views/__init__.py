"""The pages of a dosing day."""

from upwell.pathway.session.views.bedside import session, session_part, session_record, session_watch
from upwell.pathway.session.views.board import chair_board, chair_board_part
from upwell.pathway.session.views.ending import session_end
from upwell.pathway.session.views.gate import session_gate, session_second_word
from upwell.pathway.session.views.leaving import own_session, session_instructions, session_leave
from upwell.pathway.session.views.log import session_correct, session_log
from upwell.pathway.session.views.opening import session_new
from upwell.pathway.session.views.order import session_check, session_order

__all__ = [
    "chair_board",
    "chair_board_part",
    "own_session",
    "session",
    "session_check",
    "session_correct",
    "session_end",
    "session_gate",
    "session_instructions",
    "session_leave",
    "session_log",
    "session_new",
    "session_order",
    "session_part",
    "session_record",
    "session_second_word",
    "session_watch",
]
