"""Controls over what a stack file and its charter declare, on either cloud.

They read plain facts and share no code with the loader's own rules: what slips through those is caught here.
"""
