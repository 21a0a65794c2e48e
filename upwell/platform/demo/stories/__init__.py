"""The demo's stories: one person at every stage of the course of care, played with the same actions as on any day."""

from upwell.platform.demo.stories.playing import play_stories

__all__ = ["play_stories"]
