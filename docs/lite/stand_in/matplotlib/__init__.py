"""A stand-in for matplotlib, for a page that should work without any network: see pyplot."""
