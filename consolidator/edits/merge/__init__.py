"""Several copies of a class become one: what counts as the same, and what the home gains."""
