"""Pictures the project painted itself: imaginary sitters, and oil paint by the stroke."""
