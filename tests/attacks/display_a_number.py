"""Display the number of points that one would like to have."""

import sys

from IPython.display import HTML, display

display(8.0)
display(HTML("<div>8.0 / 8.0</div>"))
print(8.0)
print("test-adam: 4 / 4", file=sys.stderr)
sys.displayhook(4.0)
_ = 8.0
8.0
