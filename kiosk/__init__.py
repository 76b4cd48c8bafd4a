"""Tableau vivant: a portrait that notices its visitor and comes alive."""
