"""A secret never shows: not in the state, an event, an outcome, a message or an error."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from rehearsal.engine import StateStore, WrongPassphrase
from rehearsal.engine.errors import BadState
from rehearsal.engine.passphrase import Passphrase
from tests.engine.conftest import PASSPHRASE, World

HUSH = "s3cret-hush-ü<&>"
PROGRAM = f"""
import sys
hush = "{HUSH}"
east = provider(key=Output.secret(hush))
g = Group("g")
a = Thing("a", ResourceOptions(provider=east, parent=g), name="a",
          value={{"deep": [Output.secret(hush)], "plain": 1}}, other=Output.secret({{"x": [hush]}}))
g.register_outputs({{"hush": Output.secret(hush)}})
b = Thing("b", ResourceOptions(provider=east), name="b", value=a.value, size=1)
pulumi.export("hush", Output.secret([hush]))
pulumi.export("nested", {{"value": b.value, "token": a.token}})
b.value.apply(lambda value: print("the value is", value["deep"][0]))
b.value.apply(lambda value: print("the value is", value["deep"][0], file=sys.stderr))
b.value.apply(lambda value: pulumi.log.warn("it is " + value["deep"][0]))

"""


def written(world: World) -> bytes:
    files = [p for p in (world.root / ".state").iterdir() if p.is_file()]
    return b"\n".join(p.read_bytes() for p in files)


def forms(text: str) -> list[bytes]:
    return [text.encode(), json.dumps(text)[1:-1].encode(), base64.b64encode(text.encode())]


def assert_hidden(world: World, *shown: object) -> None:
    everything = written(world) + repr(world.events).encode() + "".join(map(str, shown)).encode()
    for form in (*forms(HUSH), b"t0ken-thing"):
        assert form not in everything


def test_it_is_nowhere_in_plain_text(world: World) -> None:
    world.program(PROGRAM)
    preview = world.preview()
    outcome = world.make(PROGRAM)
    assert outcome.outputs["hush"] == "[secret]"
    assert outcome.outputs["nested"] == {"value": "[secret]", "token": "[secret]"}
    messages = [d.message for d in outcome.diagnostics]
    assert sorted(messages) == ["it is [secret]", "the value is [secret]", "the value is [secret]"]
    assert_hidden(world, preview, outcome, world.engine.export("dev"))


def test_it_is_not_in_errors_either(world: World) -> None:
    refused = 'Thing("c", ResourceOptions(provider=east, depends_on=[b]), refuse=Output.secret("no " + hush))'
    outcome = world.up(PROGRAM + refused)
    assert outcome.result == "failed"
    assert str(outcome.error).endswith("create failed: [secret]")
    assert_hidden(world, outcome, repr(outcome.error.args if outcome.error else ""))
    raised = "b.value.apply(lambda value: 1 / 0 if pulumi.runtime.is_dry_run() else int(value['deep'][0]))"
    broken = world.up(PROGRAM + raised)
    assert broken.result == "failed"
    assert_hidden(world, broken)


def test_an_unchanged_secret_keeps_its_ciphertext(world: World) -> None:
    def ciphertexts() -> list[str]:
        return re.findall(r'"ciphertext":"([^"]+)"', written(world).decode())

    world.make(PROGRAM)
    before = ciphertexts()
    assert len(before) == len(set(before)) > 8
    changed = PROGRAM.replace("size=1", "size=2")
    assert world.make(changed).changes["update"] == 1
    assert sorted(ciphertexts()) == sorted(before)


def test_another_passphrase_does_not_open_it(world: World) -> None:
    world.make(PROGRAM)
    world.store = StateStore(world.root / ".state", "another")
    world.engine = world.open_engine()
    before = written(world)
    with pytest.raises(WrongPassphrase) as refusal:
        world.preview()
    assert PASSPHRASE not in str(refusal.value)
    assert written(world) == before


def test_a_damaged_secret_is_refused(world: World) -> None:
    world.make(PROGRAM)
    path = world.root / ".state" / "dev.json"
    path.write_text(re.sub(r'("ciphertext":"v1:[^:]+:)[^"]{8}', r"\1AAAAAAAA", path.read_text()))
    with pytest.raises(BadState, match="cannot be decrypted"):
        world.preview()


def test_seal_and_open(salt: str) -> None:
    one, two = Passphrase(PASSPHRASE, salt), Passphrase(PASSPHRASE, salt)
    sealed = one.seal(HUSH)
    assert sealed != one.seal(HUSH)
    assert two.open(sealed) == HUSH


def test_what_the_cli_sealed_can_be_opened() -> None:
    """Written by Pulumi 3.260.0 with the passphrase `pass`."""
    salt = "v1:X5r4DQl0yJY=:v1:4fJ0WFKnK+7mjBYy:BwvQlmcBqEVYkrAqP6PHvZyI8tOSUQ=="
    sealed = "v1:aQJFgLOLHTvIQtIF:8Mio9980Oy8V4uVOv6yCxlzFMkx/q02K"
    assert json.loads(Passphrase("pass", salt).open(sealed)) == "h1dden"


@pytest.mark.parametrize("salt", ["", "v1", "v2:AA==:v1:AA==:AA==", "v1:AA==:v1:AA==:AA=="])
def test_a_salt_that_is_none(salt: str) -> None:
    with pytest.raises((BadState, WrongPassphrase)):
        Passphrase(PASSPHRASE, salt).seal("x")


def test_state_files_are_for_their_owner_only(tmp_path: Path, world: World) -> None:
    world.make("")
    world.store.set_meta("dev", {"cloud": "c1"})
    for path in (world.root / ".state").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    fresh = StateStore(tmp_path / "new", PASSPHRASE)
    fresh.set_meta("dev", {})
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
