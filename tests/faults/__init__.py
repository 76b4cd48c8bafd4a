"""Faults on purpose: what breaks, how long it takes to heal, and whether the screen goes black.

`make faults` runs them all; those that need a live systemd are left out of `make test`.
"""
