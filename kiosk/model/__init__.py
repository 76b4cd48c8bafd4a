"""The network: what a face does, turned into the layers the display composes."""
