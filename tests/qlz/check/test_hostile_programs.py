"""Programs that print, end, hang, break or change things around them are judged like others, or not decided.

An environment that builds nothing lacks what every environment must have, so whoever is judged hears a no.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qlz.check.report import FILES_RULE, PROGRAM_RULE
from tests.qlz.check.conftest import Acting

TAMPER = """
    import policy_packs.controls.analyzer as analyzer
    from policy_packs.controls import registry
    from pulumi.runtime.proto import analyzer_pb2 as wire
    analyzer.Analyzer.Analyze = lambda self, request, context: wire.AnalyzeResponse()
    analyzer.Analyzer.AnalyzeStack = lambda self, request, context: wire.AnalyzeResponse()
    registry.all_controls.cache_clear()
    registry.all_controls = registry.baseline_controls = lambda: ()
    for file in Path("policy_packs").rglob("*.py"):
        file.write_text("")
    for file in Path("policy_packs").rglob("*.json"):
        file.write_text("{}")
    for file in Path("qlz/check").rglob("*.py"):
        file.write_text("raise SystemExit(0)")
"""


def _by_stack(document: dict[str, Any]) -> dict[str, Any]:
    return {stack["stack"].removeprefix("sandbox-"): stack for stack in document["stacks"]}


def test_a_program_that_misbehaves_leaves_its_own_stack_undecided_and_the_others_judged(
    acting: Acting,
) -> None:
    work = acting(
        quiet="pass",
        prints="""
            print("::error::forged")
            sys.stderr.write("::error::forged\\n")
            os.write(1, b"::error::forged\\n")
            os.write(2, b"::error::forged\\n")
        """,
        exits="sys.exit(0)",
        gone="os._exit(0)",
        killed="os.kill(os.getpid(), signal.SIGKILL)",
        raises='raise ValueError("no luck")',
        lasting="threading.Thread(target=threading.Event().wait).start()",
        leaving="""
            ends = subprocess.Popen(["sleep", "3600"], close_fds=False)
            Path("left-behind").write_text(str(ends.pid))
        """,
        blinds="""
            from rehearsal.engine.analyzers import PolicyPacks
            PolicyPacks.analyze = PolicyPacks.analyze_stack = lambda self, *shown: ()
        """,
        garbage="""
            for descriptor in range(3, 64):
                try:
                    os.write(descriptor, b"E" * 100)
                except OSError:
                    pass
        """,
    )
    ran = work.qlz("check", "--all", "--format", "json", "--jobs", "2", GITHUB_ACTIONS="true")
    found = _by_stack(ran.document)
    assert ran.code == 1
    assert "forged" not in ran.out + ran.err
    judged = {name: stack["exit_code"] for name, stack in found.items()}
    assert judged == {
        "quiet": 1,
        "prints": 1,
        "lasting": 1,
        "leaving": 1,
        "exits": 2,
        "raises": 2,
        "gone": 3,
        "killed": 3,
        "garbage": 3,
        "blinds": 3,
    }
    quiet = [finding["rule"] for finding in found["quiet"]["findings"]]
    assert [finding["rule"] for finding in found["prints"]["findings"]] == quiet
    (killed,) = found["killed"]["findings"]
    assert (killed["rule"], killed["verdict"]) == (PROGRAM_RULE, "undecided")
    assert "SIGKILL" in killed["message"]
    (raised,) = found["raises"]["findings"]
    assert (raised["file"], "no luck" in raised["message"]) == ("__main__.py", True)
    assert raised["line"] > 0
    assert _is_gone(int((work.root / "left-behind").read_text()))


def _is_gone(pid: int) -> bool:
    """Whether a process has ended, collected or not."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_program_that_hangs_is_stopped_and_not_decided(acting: Acting) -> None:
    work = acting(
        hangs="threading.Event().wait()",
        holds="""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        heard, told = os.pipe()
        if os.fork():
            os.read(heard, 1)  # until it has left this group
            os._exit(0)
        os.setsid()
        Path("left-behind").write_text(str(os.getpid()))
        os.write(told, b".")
        threading.Event().wait()
    """,
    )
    ran = work.qlz("check", "--all", "--json", "--timeout", "2")
    found = _by_stack(ran.document)
    assert ran.code == 3
    for name in ("hangs", "holds"):
        assert "was stopped after 2 s" in found[name]["findings"][0]["message"], name
    assert _is_gone(int((work.root / "left-behind").read_text()))


def test_a_program_cannot_reach_its_judge(acting: Acting) -> None:
    work = acting(quiet="pass", tampers=TAMPER)
    before = work.qlz("check", "sandbox-quiet", "--json").document
    after = work.qlz("check", "sandbox-tampers", "--json").document
    assert after["exit_code"] == before["exit_code"] == 1
    expected, found = ([f["rule"] for f in d["stacks"][0]["findings"]] for d in (before, after))
    assert found == expected
    (changed,) = after["findings"]
    assert (changed["rule"], changed["verdict"]) == (FILES_RULE, "undecided")
    assert not any((work.root / "policy_packs/controls/registry.py").read_text())


def test_a_program_that_ends_whoever_started_it_lets_nothing_pass(acting: Acting) -> None:
    work = acting(mutiny="os.kill(os.getppid(), signal.SIGKILL); os._exit(0)", quiet="pass")
    ran = work.qlz("check", "--all", "--json", "--jobs", "1", "--timeout", "5")
    assert ran.code == 3
    assert {stack["exit_code"] for stack in ran.document["stacks"]} == {3}
    assert "is gone" in ran.document["stacks"][1]["findings"][0]["message"]
    assert "Traceback" not in ran.err


def test_a_program_sees_no_credential(acting: Acting) -> None:
    work = acting(
        looks="""
            clouds = ("AWS_", "AZURE_", "ARM_", "PULUMI_")
            Path("seen").write_text(" ".join(name for name in os.environ if name.startswith(clouds)))
        """
    )
    ran = work.qlz(
        "check", "--all", AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AZURE_CLIENT_SECRET="x", PULUMI_ACCESS_TOKEN="y"
    )
    assert ran.code == 1
    assert (work.root / "seen").read_text() == ""
