"""The pages of today: Today for those who work here, and a person's own home."""

from upwell.pathway.today.views.own import me
from upwell.pathway.today.views.staff import today, today_list

__all__ = ["me", "today", "today_list"]
