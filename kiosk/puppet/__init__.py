"""One artwork made to move, offline: the teacher of its generator. Never runs in the gallery."""
