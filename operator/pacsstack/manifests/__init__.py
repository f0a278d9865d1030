"""The Kubernetes objects of a stack and of the operator itself, one `build_x` a thing.

Pure: data in, dictionaries out.
"""
