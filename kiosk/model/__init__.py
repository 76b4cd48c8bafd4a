"""The networks: the one that paints and lights what the rig drew, and what it is learnt with."""
