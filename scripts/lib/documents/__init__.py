"""Writes the documents that are generated: the references from the code, and the list of features from the tests."""
