"""Everything is in pyproject.toml; this makes an editable install put the data files into place, too."""

from setuptools import Distribution, setup

Distribution.has_data = Distribution.has_data_files         # setuptools asks for the first and has only the second
setup()
