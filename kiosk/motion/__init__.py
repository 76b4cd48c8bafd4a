"""From the visitor's face to the sitter's: pose, neutral, retargeting, idle life, hand-overs."""
