"""Makes the networks: pairs from a puppet, the prior flow, adversarial fine-tuning."""
