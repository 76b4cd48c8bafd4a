"""How fast this machine is: every engine, and the whole road. Figures, no judgement."""
