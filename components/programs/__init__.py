"""One module for each kind of stack: from its spec to components and exports."""
