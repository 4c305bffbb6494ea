"""What happens when a module is imported, as plain values that the simulation can run."""
