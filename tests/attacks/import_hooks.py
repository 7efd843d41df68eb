"""Lay modules of the same name in the way of all later imports, here and in new interpreters."""

import importlib.abc
import importlib.machinery
import os
import sys


class Mine(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module):
        module.assert_allclose = module.isclose = module.all = lambda *args, **kwargs: True


sys.meta_path.insert(0, Mine())
sys.path.insert(0, os.getcwd())
os.environ["PYTHONPATH"] = os.environ["PYTHONSTARTUP"] = os.getcwd()
os.environ["LD_PRELOAD"] = os.getcwd() + "/left-by-attack.so"
for name in ("sitecustomize", "usercustomize", "numpy", "protocol", "inside", "conftest", "pytest"):
    with open(f"{name}.py", "w") as file:
        file.write("print('GOT IN')\n")
for name in ("numpy", "numpy.testing", "protocol", "json"):
    sys.modules.pop(name, None)
