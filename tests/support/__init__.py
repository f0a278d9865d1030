"""What the tests share: stacks to test, evidence to look at, and peers to talk to."""
