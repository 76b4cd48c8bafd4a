"""The first stage: frames from a webcam, or from a clip in its place."""
