"""Bringing Vuelta into an AWS account and taking it out again: `make deploy`, `make undeploy`."""
