# SPDX-License-Identifier: Apache-2.0
"""`python -m webhlo export`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from webhlo.tool import find_tool

HERE = Path(__file__).parent


@pytest.fixture
def command(tmp_path):
    """Runs the command in a folder of its own; answers the exit status and what it printed."""

    def running(*arguments):
        told = subprocess.run(
            [sys.executable, "-m", "webhlo", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
            capture_output=True,
            text=True,
        )
        return told.returncode, told.stdout, told.stderr

    return running


def test_a_model_that_a_function_makes(command, tmp_path):
    (tmp_path / "labels.txt").write_text("".join(f"class {i}\n" for i in range(10)))
    status, told, errors = command(
        *("export", f"{HERE}/nets.py:torch_net()", "--input", "f32[2,3,16,16]", "-o", "net.whlo"),
        *("--label-file", "labels.txt", "--preprocessing", '{"mean": 0.5, "std": 0.5}'),
        *("--metadata", "source=a test", "--metadata", "threshold=0.25", "--check"),
    )
    assert status == 0, errors
    lines = told.splitlines()
    assert lines[0].startswith("net.whlo: 0.0")
    assert lines[1] == "PyTorch: 8 weights, 0.02 MB"
    assert lines[2:4] == ["input input: f32[2,3,16,16]", "result result: f32[2,10]"]
    assert lines[4].startswith("check result: error ")
    inspected = subprocess.run(
        [*find_tool().command, "inspect", str(tmp_path / "net.whlo"), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(inspected.stdout)["metadata"] == {
        "labels": [f"class {i}" for i in range(10)],
        "image": {"mean": 0.5, "std": 0.5},
        "source": "a test",
        "threshold": 0.25,
    }


@pytest.mark.parametrize("weights", [f"{HERE}/nets.py:WEIGHTS", "w.npz", "w.safetensors"])
def test_a_function_and_its_weights(command, tmp_path, weights):
    kernel = np.arange(12, dtype=np.float32).reshape(4, 3)
    np.savez(tmp_path / "w.npz", kernel=kernel)
    save_file({"kernel": kernel}, tmp_path / "w.safetensors")
    np.savez(tmp_path / "inputs.npz", x=np.eye(4, dtype=np.float32))
    status, _, errors = command(
        *("export", f"{HERE}/nets.py:linear", "--weights", weights, "--inputs", "inputs.npz"),
        *("-o", "linear.jaxexport", "--output-name", "y"),
    )
    assert status == 0, errors
    assert np.array_equal(load_file(tmp_path / "linear.safetensors")["kernel"], kernel)
    pair = load_file(tmp_path / "linear.expected.safetensors")
    assert np.array_equal(pair["in.x"], np.eye(4)) and np.array_equal(pair["out.y"], kernel)


def test_a_module_that_can_be_imported(command):
    status, told, errors = command(
        *("export", "jax.numpy:linalg.norm", "--input", "f32[3,4]", "--no-check", "-o", "n.jaxexport")
    )
    assert status == 0, errors
    assert "not checked: check=False" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nets.py", "--input", "f32[1]"], "nets.py: expected MODULE:NAME or FILE.py:NAME"),
        (["no_such.thing:f", "--input", "f32[1]"], "there is no module no_such.thing"),
        (["no.py:f", "--input", "f32[1]"], "there is no file no.py"),
        ([f"{HERE}/nets.py:f", "--input", "f32[1]"], "has no f"),
        ([f"{HERE}/nets.py:NUMBER", "--input", "f32[1]"], "a int is no model"),
        ([f"{HERE}/nets.py:linear"], "no inputs: --input"),
        ([f"{HERE}/nets.py:linear", "--inputs", "no.npz"], "cannot read no.npz"),
        ([f"{HERE}/nets.py:linear", "--inputs", "x.csv"], "x.csv: expected .npz"),
        (["jax.numpy:sin", "--input", "f32[1]", "--input", "y=f32[1]"], "name all inputs, or none"),
        (["jax.numpy:sin", "--input", "f32[1]", "--metadata", "x"], "expected KEY=VALUE"),
        (["jax.numpy:sin", "--input", "f32[1]", "--preprocessing", "x"], "no JSON object"),
    ],
)
def test_what_is_wrong_is_told(command, arguments, message):
    status, told, errors = command("export", *arguments, "-o", "m.jaxexport")
    assert (status, told) == (1, "")
    assert errors.startswith("webhlo: invalid_argument: ")
    assert message in errors and "Traceback" not in errors


def test_a_command_line_that_is_none(command):
    status, _, errors = command("export", "jax.numpy:sin", "--input", "f32[1]")
    assert status == 2
    assert "-o/--out" in errors
