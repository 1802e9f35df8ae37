"""What the documentation site shows that is written elsewhere: help texts, formats, the map of packages, notebooks."""
