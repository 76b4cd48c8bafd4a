"""The base: a network that learns many faces at once, so that a portrait learns in minutes."""
