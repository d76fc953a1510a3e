"""Pipelines that check, preview and apply stacks: templates for three CI systems and the steps they share."""
