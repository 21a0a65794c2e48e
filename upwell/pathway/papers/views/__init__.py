"""The pages of a session's papers."""

from upwell.pathway.papers.views.coding import drug_codes, session_coding, session_coding_file
from upwell.pathway.papers.views.own import own_summary_file
from upwell.pathway.papers.views.rems import session_rems, session_rems_file
from upwell.pathway.papers.views.summary import session_papers, session_summary_file

__all__ = [
    "drug_codes",
    "own_summary_file",
    "session_coding",
    "session_coding_file",
    "session_papers",
    "session_rems",
    "session_rems_file",
    "session_summary_file",
]
