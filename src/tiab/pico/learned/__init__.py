"""The learned part of PICO: roles of sentences, and spans of participants, interventions and outcomes.

Both are linear-chain conditional random fields over hashed features. Their weights are kept as numbers alone, in
`models/`, each beside a card that says what it was learned from, how well it does and how to build it again.
"""
