"""`atoopt policy`: the better policy beside the rule, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import atoopt
from atoopt.cli import main
from atoopt.policy.evaluation import evaluate


@pytest.mark.parametrize("name", ["plates-12", "plates-60"])
def test_the_better_policy_is_listed_and_written(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It takes far fewer pallets in no more set-up hours, with limits on process hours too; both pass the check."""
    instance, instance_file = atoopt.load(f"instances/policy/{name}.json"), f"instances/policy/{name}.json"
    found = {}
    for kind, extra in (("rule", []), ("better", ["--better"])):
        file = str(tmp_path / f"{kind}.json")
        assert main(["policy", instance_file, "-o", file, *extra]) == 0
        assert "better, within the same set-up hours:" in capsys.readouterr().out
        assert main(["check", instance_file, file]) == 0
        found[kind] = evaluate(instance, json.loads(Path(file).read_text())["solution"]["policy"])
        capsys.readouterr()
    assert not found["better"].violations
    assert found["better"].pallets < 0.99 * found["rule"].pallets
    assert found["better"].setup_hours <= found["rule"].setup_hours * (1 + 1e-9)
    assert main(["policy", instance_file, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["better"]
    assert told["pallets"] == pytest.approx(found["better"].pallets)


def test_an_output_that_is_the_input_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """One line; the instance is not overwritten."""
    assert main(["policy", "instances/policy/plates-12.json", "-o", "instances/policy/plates-12.json"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
