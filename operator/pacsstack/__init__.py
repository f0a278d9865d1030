"""PacsStack: one resource in, a working medical image archive out."""
