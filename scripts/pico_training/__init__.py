"""What trains and calibrates the PICO models that `models/` carries."""
