"""Components for Azure Quantum: environments and projects, one file for each concern, named as on Braket."""
