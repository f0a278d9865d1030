"""The command line: `pacsstack …`."""
