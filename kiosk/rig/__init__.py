"""One sitter's rig: where a motion takes every landmark, and what every pixel then shows."""
