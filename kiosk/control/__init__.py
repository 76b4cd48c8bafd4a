"""What staff may ask of a kiosk that runs, over a socket on this machine."""
