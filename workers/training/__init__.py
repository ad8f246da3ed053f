"""Makes the weights the service reads with, out of texts a steward has: run by hand, never by the service."""
