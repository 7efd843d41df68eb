"""Speed, measured: nnlib against PyTorch (`python -m benchmarks`), the grader against nbgrader (`.grader`)."""
