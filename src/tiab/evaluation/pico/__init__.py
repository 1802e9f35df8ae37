"""PICO held against abstracts that people have marked."""
