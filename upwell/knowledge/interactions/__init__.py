"""Interactions: classes of medicines through their ingredients, and what each means beside ketamine."""
