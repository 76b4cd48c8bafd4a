"""How good a portrait is, in figures and pictures."""
