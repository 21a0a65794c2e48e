"""The pages of unwanted events and their reports."""

from upwell.pathway.incidents.views.listing import incidents, incidents_file
from upwell.pathway.incidents.views.one import incident
from upwell.pathway.incidents.views.report import incident_report

__all__ = ["incident", "incident_report", "incidents", "incidents_file"]
