"""Thin pytest-bdd step libraries, one module per noun."""
