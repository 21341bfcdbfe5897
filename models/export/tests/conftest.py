# SPDX-License-Identifier: Apache-2.0
"""Tests export a model, run the files in WebHLO under Node, a model of each framework in a page as well,
and compare with the framework itself, on inputs (and sizes) that the export did not see."""

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import webhlo
from webhlo.tool import find_tool
from webhlo.values import write_pair


@pytest.fixture
def rng():
    return np.random.default_rng(1)


class Exported:
    """A report, and what WebHLO answers when it runs its files."""

    def __init__(self, report: webhlo.Report, folder: Path) -> None:
        self.report = report
        self.folder = folder

    def command(self, *arguments: str) -> str:
        """The output of webhlo's command line, which must succeed."""
        return _output(*find_tool().command, *arguments)

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Results by name, of a program of its own run."""
        return self._run(find_tool().command, inputs)

    def runs(self, **inputs: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
        """The same, and then those of a page in Chromium that fetches the files."""
        yield self.run(**inputs)
        node, _ = find_tool().command
        yield self._run((node, str(Path(__file__).parent / "in_page.mjs")), inputs)

    def _run(self, command: tuple[str, ...], inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        from safetensors.numpy import load_file

        given, answered = self.folder / "given.safetensors", self.folder / "answered.safetensors"
        answered.unlink(missing_ok=True)
        write_pair(inputs, {}, given)
        model, *weights = self.report.files if len(self.report.files) == 1 else self.report.files[:-1]
        files = [text for file in weights for text in ("--weights", str(file))]
        _output(*command, "run", str(model), *files, "--inputs", str(given), "--output", str(answered))
        return load_file(answered)


def _output(*command: str) -> str:
    """What a command prints that must succeed."""
    told = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.fixture
def export(tmp_path):
    """webhlo.export into a folder of its own, by the name of a file; it must have been checked."""

    def exporting(model, example_inputs, file="model.jaxexport", **options) -> Exported:
        with warnings.catch_warnings():
            warnings.simplefilter("error", webhlo.ExportWarning)
            report = webhlo.export(model, example_inputs, tmp_path / file, check=True, **options)
        assert report.unchecked is None
        assert {check.name for check in report.checks} == set(report.results)
        assert all(file.is_file() for file in report.files)
        assert {file for file in tmp_path.iterdir() if file.name[0] == "."} == set()
        return Exported(report, tmp_path)

    return exporting


def assert_close(got: np.ndarray, expected: np.ndarray, rtol: float = 2e-5) -> None:
    """Within `rtol` of the largest value that is expected, which must not be all there is."""
    expected = np.asarray(expected)
    assert got.shape == expected.shape
    assert expected.size == 1 or np.ptp(expected.astype(np.float64)) > 0
    largest = np.max(np.abs(expected.astype(np.float64)))
    difference = np.max(np.abs(got.astype(np.float64) - expected.astype(np.float64)))
    assert difference <= rtol * largest, f"{difference} of {largest}"


def run_snippets(framework: str, folder: Path, monkeypatch, /, **names) -> None:
    """Runs the snippets of docs/exporting.md that need a framework, with these names in place."""
    page = (Path(__file__).parents[3] / "docs" / "exporting.md").read_text()
    snippets = re.findall(rf"^```python no-run it needs {framework}\n([^`]*)^```$", page, re.M)
    assert snippets
    monkeypatch.chdir(folder)
    for snippet in snippets:
        # Which would be downloaded.
        exec(snippet.replace('"DEFAULT"', "None"), {"webhlo": webhlo, **names})
    assert list(folder.iterdir())
