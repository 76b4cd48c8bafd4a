"""From a frame to the visitor: faces, their landmarks, and which of them leads."""
