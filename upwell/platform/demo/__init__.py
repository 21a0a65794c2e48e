"""The demo: two practices with invented people, imported records and a course of care."""

from upwell.platform.demo.load import DemoReport, load_demo

__all__ = ["DemoReport", "load_demo"]
