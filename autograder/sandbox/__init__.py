"""The walls around student code, what runs inside them, and what the two sides say to each other."""
