"""A small class as real classes are: right and wrong answers, crashes, loops, and notebooks put out of order."""
