"""Geometry, files, coordinates and storage. Knows no planning word and no screen."""
