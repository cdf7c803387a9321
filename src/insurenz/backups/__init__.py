"""Backups: database and objects together in one folder, whole or not there, and their way back into an empty install."""
