"""Every table, a file a subject; the rest of the house knows them as models."""
