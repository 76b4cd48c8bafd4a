"""The screen: the artwork, its layers and the wall around it."""
