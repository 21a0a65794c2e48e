"""The face of the house: layout, components, charts, styles, error pages."""
