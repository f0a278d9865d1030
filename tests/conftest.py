"""Settings of every test: examples take as long as they take, because how long says nothing about right or wrong."""

from hypothesis import settings

settings.register_profile("pacsstack", deadline=None, print_blob=True)
settings.load_profile("pacsstack")
