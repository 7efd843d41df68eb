"""What is measured: nnlib against PyTorch (`python -m benchmarks`), the grader against nbgrader (`.grader`) and with a
large class (`.thousand`), demos from the key to the picture (`.demo_latency`), the tests by slips (`.mutation`).
"""
