"""What the portrait says, and the room it is heard in: one mixer that is always open."""
