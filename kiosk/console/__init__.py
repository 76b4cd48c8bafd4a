"""The staff page: a process of its own, which the picture on the wall does not need."""
