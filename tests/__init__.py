"""Tests of Insurenz."""
