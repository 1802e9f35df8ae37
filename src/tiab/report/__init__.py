"""What is shown and filed: figures of a screening, and the report that goes with the paper."""
