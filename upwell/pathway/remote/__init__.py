"""Sessions at a distance: whether the practice does them at all, and the chaperone who watches in the home."""
