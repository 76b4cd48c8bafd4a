"""From landmarks to layers, on the best engine that this machine has."""
