"""The Pulumi program: reads the stack's file and builds the environment or the project it describes."""

from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.args import ArgumentError
from components.program import Exports, ProgramError, build
from components.spec import SpecError, load_stack, verify_effective


async def main() -> Exports:
    """An expected error is shown as its own text, without a trace."""
    try:
        loaded = load_stack(Path(__file__).parent, pulumi.get_stack())
        verify_effective(loaded, {**get_config_env(), **CONFIG.get()})
        return await build(loaded)
    except (ArgumentError, ProgramError, SpecError) as error:
        raise pulumi.RunError(str(error)) from error


pulumi.run(main)
