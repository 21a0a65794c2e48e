"""What the record holds, as the facts that rules are asked with. What is not on record stays unknown, never "no"."""

from __future__ import annotations

from upwell.record.facts.chart import ChartRecord, chart_facts, condition_facts, read_chart
from upwell.record.facts.entry import Entry

__all__ = ["ChartRecord", "Entry", "chart_facts", "condition_facts", "read_chart"]
