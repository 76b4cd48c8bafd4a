"""What staff may have looked at when something is wrong: one small examination for each part."""
