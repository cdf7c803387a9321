"""Tests of the workflow engine and its definitions."""
