"""The demo world: people, organisations and policies that a trial, the tests and measurements work with."""
