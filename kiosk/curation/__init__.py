"""A picture file becomes a checked portrait pack."""
