"""Twins: each file here stands in for the file of the same name one folder up when the model is compiled."""
