"""The live door: event streams that tell an open page that something changed. No business logic, no content."""
