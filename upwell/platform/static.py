"""Static files under names that carry their content's hash, so that browsers may keep them for a year."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class Hashed(ManifestStaticFilesStorage):
    """A file missing from the manifest must not turn the page that says what went wrong into another error."""

    manifest_strict = False
