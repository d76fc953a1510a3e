"""Amazon Braket: an environment and the projects in it."""
