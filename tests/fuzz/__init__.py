"""Whatever comes in: thousands of made cases, see `cases.py`."""
