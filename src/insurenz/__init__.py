"""Insurenz: insurance claims filed, checked, decided and followed, and everybody concerned told."""

__version__ = "0.1.0"
