"""Where the learned part of PICO is trained and measured: labelled sets in, weights and scores out."""
