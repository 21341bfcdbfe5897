# SPDX-License-Identifier: Apache-2.0
"""What inputs and results are called, what examples may be, and what is refused."""

import re
from collections import namedtuple
from pathlib import Path

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from jax import lax

import webhlo
from webhlo.inputs import parameters_of, read_inputs
from webhlo.names import result_names, short_names, whole_names
from webhlo.values import dtype_name, narrowed, parse_example, to_numpy, type_text
from webhlo.versions import FITTING


def read(examples, parameters=("x", "y", "rest0"), dynamic=None, **options):
    return read_inputs(examples, parameters, dynamic or {}, np.random.default_rng(0), **options)


def test_names_are_the_shortest_that_tell_inputs_apart():
    paths = [("cache", "0", "key"), ("cache", "1", "key"), ("cache", "0", "value"), ("ids",)]
    assert short_names(paths, "inputs") == ["cache.0.key", "cache.1.key", "value", "ids"]
    assert short_names([("state", "bias")], "inputs", taken={"bias"}) == ["state.bias"]
    with pytest.raises(webhlo.InvalidArgumentError, match='"x" is the name of a weight'):
        short_names([("x",)], "inputs", taken={"x"})


def test_names_of_results():
    assert result_names([()]) == ["result"]
    assert result_names([("0",), ("1",)]) == ["result0", "result1"]
    assert result_names([("logits",), ("states", "0"), ("states", "1")]) == [
        "logits",
        "states.0",
        "states.1",
    ]


def test_names_of_weights_are_whole_paths():
    assert whole_names([("a", "0", "w"), ("b",)], "weights") == ["a.0.w", "b"]
    with pytest.raises(webhlo.InvalidArgumentError, match=r"two weights are named \"a\.b\""):
        whole_names([("a", "b"), ("a.b",)], "weights")


def test_examples_by_type():
    example = parse_example("i32[batch=4, seq, 3]")
    assert (example.sizes, example.free) == ((4, 2, 3), {0: "batch", 1: "seq"})
    example = parse_example("f32[8 * rows=64, 3*columns]")
    assert (example.sizes, example.free) == ((64, 6), {0: "8*rows", 1: "3*columns"})
    assert parse_example("f32[]").sizes == ()
    for text in ("f31[2]", "f32[2", "f32[a b]", "f32[-1]", "f32[2,]"):
        with pytest.raises(webhlo.InvalidArgumentError, match=re.escape(repr(text))):
            parse_example(text)


@pytest.mark.parametrize("name", ["f32", "bf16", "f16", "i8", "u64", "i1", "c64", "f8E4M3FN"])
def test_made_up_values_have_the_type(name):
    arrays = read(f"{name}[3,5]").arrays
    assert type_text(arrays["x"]) == f"{name}[3,5]"
    assert len(np.unique(arrays["x"])) > 1


def test_positional_keyword_and_nested_inputs():
    Pair = namedtuple("Pair", "left right")
    inputs = read(("f32[2]", Pair("f32[3]", np.float32(1)), {"flag": True, "more": [jnp.ones(4)]}))
    assert {name: type_text(a) for name, a in inputs.arrays.items()} == {
        "x": "f32[2]",
        "left": "f32[3]",
        "right": "f32[]",
        "more.0": "f32[4]",
    }
    args, kwargs = inputs.call(lambda name: name)
    assert args == ("x", Pair("left", "right"), {"flag": True, "more": ["more.0"]})
    assert kwargs == {}
    args, kwargs = read({"ids": "i32[2]", "train": False}).call(lambda name: name)
    assert (args, kwargs) == ((), {"ids": "ids", "train": False})


def test_names_of_parameters():
    def function(weights, image, /, size, *more, flag=True):
        pass

    assert parameters_of(function, skip=1)[:4] == ["image", "size", "more0", "more1"]
    assert parameters_of(max)[:2] == ["arg0", "arg1"]


@pytest.mark.parametrize(
    ("dynamic", "message"),
    [
        ({"z": {0: "n"}}, 'there is no input "z"; there are x'),
        ({"x": {2: "n"}}, '"x" has 2 axes'),
        ({"x": {0: 3}}, "names none of their sizes"),
        ({"x": "n"}, "expected names of sizes by axis"),
        ({"x": ["n", "n"]}, 'size "n" is 2 in input "x" and 3 in "x"'),
        ({"x": ["2*n", "n"]}, 'size "n" is 1 in input "x" and 3 in "x"'),
        ({"x": {1: "2*n"}}, r'size "2\*n" of input "x" is 3 in the example, no multiple of 2'),
    ],
)
def test_free_sizes_that_fit_no_input(dynamic, message):
    with pytest.raises(webhlo.InvalidArgumentError, match=message):
        read("f32[2,3]", dynamic=dynamic)


def test_free_sizes_that_jax_does_not_know(tmp_path):
    options = {"check": False, "dynamic": {"x": {0: "2*n + ("}}}
    with pytest.raises(webhlo.InvalidArgumentError, match="dynamic: "):
        webhlo.export(lambda x: x, "f32[2]", tmp_path / "m.jaxexport", **options)


def test_a_constraint_holds_for_the_page(export):
    exported = export(lambda x: jnp.pad(x, (0, 8 - x.shape[0])), "f32[n=3]", constraints=["n <= 8"])
    assert exported.run(x=np.ones(5, np.float32))["result"].sum() == 5
    with pytest.raises(AssertionError, match="n <= 8"):
        exported.run(x=np.ones(9, np.float32))


def test_a_question_of_free_sizes_that_a_constraint_answers(export):
    """JAX asks whether there is a second row, and the message names what to say of it."""

    def steps(x):
        return lax.scan(lambda sum, row: (sum + row, sum), x[0], x[1:])[0]

    with pytest.raises(webhlo.UnsupportedError, match=r'constraints=\["rows - 1 >= 1"\]'):
        export(steps, "f32[rows=5,3]")
    exported = export(steps, "f32[rows=5,3]", constraints=["rows - 1 >= 1"])
    assert list(exported.run(x=np.ones((4, 3), np.float32))["result"]) == [4, 4, 4]


def test_arrays_of_all_frameworks():
    import torch

    for value in (
        np.ones((2, 3), ml_dtypes.bfloat16),
        jnp.ones((2, 3), jnp.bfloat16),
        torch.ones(2, 3, dtype=torch.bfloat16, requires_grad=True),
        torch.ones(3, 2, dtype=torch.bfloat16).T,
    ):
        assert type_text(to_numpy(value, "x")) == "bf16[2,3]"
    assert list(to_numpy(torch.tensor([1.5, -2.0]).to(torch.float8_e5m2), "x")) == [1.5, -2]
    with pytest.raises(webhlo.UnsupportedError, match='weight "w" is no array of numbers'):
        to_numpy(torch.eye(3).to_sparse(), 'weight "w"')
    with pytest.raises(webhlo.UnsupportedError, match="x is of type int4"):
        dtype_name(np.dtype(ml_dtypes.int4), "x")


def test_numbers_of_64_bits():
    assert narrowed(np.arange(3), "x").dtype == np.int32
    assert narrowed(np.ones(2, np.float16), "x").dtype == np.float16
    with pytest.raises(webhlo.InvalidArgumentError, match="x holds integers that 32 bits do not"):
        narrowed(np.array([2**31]), "x")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, "f32[1]"), webhlo.InvalidArgumentError, "a int is no model"),
        ((dict, "f32[1]"), webhlo.InvalidArgumentError, "dict is a class"),
        ((jnp.sin, "f32[1]", "m.onnx"), webhlo.InvalidArgumentError, "expected NAME.whlo"),
        ((jnp.sin, "f32[1]", "no/m.whlo"), webhlo.InvalidArgumentError, "folder that there is"),
        ((jnp.sin, "f32[1]", "m.mlirbc"), webhlo.InvalidArgumentError, "is a .jaxexport file"),
        ((lambda x: [], "f32[1]"), webhlo.UnsupportedError, "answers no array"),
        ((lambda x: x if x > 0 else -x, "f32[]"), webhlo.UnsupportedError, "JAX cannot export this"),
        ((lambda a, b: a, "f32[1]"), webhlo.UnsupportedError, "missing 1 required positional"),
    ],
)
def test_what_is_no_export(tmp_path, arguments, error, message):
    model, inputs, *file = arguments
    with pytest.raises(error, match=message):
        webhlo.export(model, inputs, tmp_path / (file[0] if file else "m.jaxexport"), check=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["a"]}, "m.jaxexport cannot hold labels"),
        ({"outputs": ["a", "b"]}, r"outputs names \['a', 'b'\]; the results are \['result'\]"),
        ({"train": True}, "train is not for a function"),
        ({"method": "f"}, "method is not for a function"),
    ],
)
def test_options_that_do_not_fit(tmp_path, options, message):
    with pytest.raises(webhlo.InvalidArgumentError, match=message):
        webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.jaxexport", check=False, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["a\nb"]}, "texts of one line"),
        ({"labels": []}, "labels: expected a list"),
        ({"preprocessing": {"average": 1}}, '"average" is none of fit, background, scale, mean'),
        ({"metadata": {"a=b": 1}}, "'a=b' is no key"),
        ({"metadata": {"a": np.ones(2)}}, '"a" is no JSON'),
        ({"metadata": {"image": {}}, "preprocessing": {}}, '"image" is given twice'),
    ],
)
def test_metadata_that_no_file_holds(tmp_path, options, message):
    with pytest.raises(webhlo.InvalidArgumentError, match=message):
        webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.whlo", **options)


def test_a_mismatch_is_an_error_and_leaves_what_was_there(tmp_path):
    """No two libraries round alike: at no tolerance at all they differ."""
    before = tmp_path / "m.jaxexport"
    before.write_text("as it was")
    with pytest.raises(webhlo.MismatchError, match=r'WebHLO computes "result" otherwise .* allowed is 0$'):
        webhlo.export(lambda x: jax.nn.softmax(x @ x.T), "f32[64,64]", before, rtol=0.0)
    assert [file.name for file in tmp_path.iterdir()] == ["m.jaxexport"]
    assert before.read_text() == "as it was"


def test_results_that_say_nothing_are_told(tmp_path):
    with pytest.warns(webhlo.ExportWarning, match='all of result "result" is 0.0'):
        webhlo.export(lambda x: x * 0, "f32[4]", tmp_path / "m.jaxexport", check=False)


def test_what_webhlo_does_not_run(tmp_path):
    """A custom call without a function for it."""

    def call(x):
        return jax.ffi.ffi_call("no_such_target", jax.ShapeDtypeStruct(x.shape, x.dtype))(x)

    with pytest.raises(webhlo.UnsupportedError, match="no_such_target"):
        webhlo.export(call, "f32[4]", tmp_path / "m.jaxexport", check=True)


def test_without_node(tmp_path, monkeypatch):
    monkeypatch.setenv("WEBHLO_NODE", str(tmp_path / "no-node"))
    for options in ({"check": True}, {"cli": "dist/cli.js"}):
        with pytest.raises(webhlo.ToolError, match="Node is not in"):
            webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.jaxexport", **options)
    with pytest.raises(webhlo.ToolError, match="Without it, m.jaxexport can be written"):
        webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.whlo")
    report = webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.jaxexport")
    assert report.checks == [] and "Node is not in" in report.unchecked
    assert "not checked: Node is not in" in str(report)


def test_without_a_command_line(tmp_path):
    with pytest.raises(webhlo.ToolError, match="there is no file .*cli.js"):
        webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.jaxexport", cli=tmp_path / "cli.js")


def test_the_versions_that_are_named_are_those_tested():
    folder = Path(__file__).parent
    pins: dict[str, str] = {}
    for name in ("jax", "tensorflow"):
        for line in (folder / f"requirements-{name}.txt").read_text().splitlines():
            if found := re.match(r"([\w-]+)==([\w.]+)", line):
                pins[found[1].lower()] = found[2]
    assert {name: pins[name] for name in FITTING} == FITTING


def test_a_package_that_is_missing_or_does_not_fit(monkeypatch):
    from webhlo.versions import require

    with pytest.raises(webhlo.VersionError) as told:
        require("torchax_of_another_world", "an export from PyTorch", ("torch", "jax"))
    assert "ModuleNotFoundError" in str(told.value)
    assert f"torch {FITTING['torch']}" in str(told.value)
    assert f"pip install torch=={FITTING['torch']} jax=={FITTING['jax']}" in str(told.value)


def test_a_jax_that_is_too_old(tmp_path, monkeypatch):
    monkeypatch.delattr(jax, "enable_x64")
    with pytest.raises(webhlo.VersionError, match=f"Here are jax .* pip install jax=={FITTING['jax']}"):
        webhlo.export(jnp.sin, "f32[4]", tmp_path / "m.jaxexport", check=False)


def test_programs_name_no_folder_of_this_machine(tmp_path):
    def halve(x):
        return x / 2

    file = tmp_path / "m.jaxexport"
    webhlo.export(halve, "f32[4]", file, check=False)
    assert b"test_inputs.py" in file.read_bytes()
    assert str(Path(__file__).parent).encode() not in file.read_bytes()
