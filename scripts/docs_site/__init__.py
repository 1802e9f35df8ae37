"""What the documentation site shows that is written elsewhere: help texts, the formats, the map of rooms, notebooks."""
