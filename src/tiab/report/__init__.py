"""What is shown and filed: figures of a screening."""
