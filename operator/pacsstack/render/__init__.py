"""The configuration files of each component, made from the spec. Pure: data in, text or dictionaries out."""
