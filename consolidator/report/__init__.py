"""Renders what was found and done: diff, text and JSON. Decides nothing."""
