"""Makes the networks: pairs from a puppet, then adversarial fine-tuning."""
