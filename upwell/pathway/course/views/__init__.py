"""The pages: the chart, and the course of care."""

from upwell.pathway.course.views.care import course, course_move, course_new
from upwell.pathway.course.views.chart import chart, scores, section
from upwell.pathway.course.views.own import my_course, my_course_end

__all__ = ["chart", "course", "course_move", "course_new", "my_course", "my_course_end", "scores", "section"]
