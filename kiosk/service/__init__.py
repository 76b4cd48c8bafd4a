"""The kiosk under systemd."""
