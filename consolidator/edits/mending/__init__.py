"""Imports that are mended without anything moving: rewritten, deleted, or swept away."""
