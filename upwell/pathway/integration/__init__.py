"""Integration: visits, practices for daily life, the private journal."""
