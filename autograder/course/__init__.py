"""A class: its files and gradebook, everybody's submissions, and what is released, handed out and exported."""
