"""Portrait packs: what is in one, and which there are."""
