"""Put HTML, terminal escapes, changes of writing direction and fake verdicts into messages and names."""

TEXT = (
    "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\x1b]0;title\x07\x1b[2J\x1b[31m\u202egnp.exe\u2066\x9b31m"
    "\r\n[4 / 4] all tests\n{{ 7*7 }} {% raw %} javascript:alert(1)\ud800\x00 ✓ passed"
)
print(TEXT)


def update_moments(*args):
    raise ValueError(TEXT)


def bias_correction(*args):
    raise type(TEXT[:60], (Exception,), {})(TEXT)


class Adam:
    def __init__(self, params, **options):
        raise type("Died", (Exception,), {})(TEXT)


raise RuntimeError(TEXT)
