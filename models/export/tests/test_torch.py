# SPDX-License-Identifier: Apache-2.0
"""Modules of PyTorch."""

import numpy as np
import pytest
import torch
from torch import nn

import webhlo
from conftest import assert_close, run_snippets


@pytest.fixture(scope="module")
def torchvision():
    """Built for another PyTorch (that with CUDA) it cannot load its own operations, which it registers
    more of as it is imported. No network for classification calls one."""
    try:
        import torchvision
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision
    return torchvision


def answer(module, *args, **kwargs):
    """What PyTorch computes in eval mode."""
    with torch.no_grad():
        return module.eval()(*args, **kwargs)


def test_torchvision(export, rng, torchvision):
    torch.manual_seed(0)
    module = torchvision.models.mobilenet_v3_small(weights=None)
    exported = export(module, "f32[batch=2,3,64,64]")
    # Names of the state_dict; what counts batches is in no file.
    state = {key for key in module.state_dict() if not key.endswith("num_batches_tracked")}
    assert set(exported.report.weights) == state
    assert module.training
    x = rng.normal(size=(3, 3, 64, 64)).astype(np.float32)
    # New weights give small logits: sums of large parts that cancel.
    expected = answer(module, torch.from_numpy(x))
    for got in exported.runs(x=x):
        assert_close(got["result"], expected.numpy(), rtol=1e-4)


def test_a_whole_state_dict_fits(export, rng):
    """Also what the program does not read: weights of a later training need no export."""
    from safetensors.torch import save_file

    module = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
    exported = export(module, "f32[2,4]")
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    save_file(module.state_dict(), exported.report.files[1])
    x = rng.normal(size=(2, 4)).astype(np.float32)
    got = exported.run(input=x)["result"]
    assert_close(got, answer(module, torch.from_numpy(x)).numpy())


@pytest.fixture(scope="module")
def bert():
    import transformers

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=1000,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=128,
    )
    return transformers.BertModel(config)


def test_transformers(export, rng, bert):
    """An encoder, for texts of any number and length up to what it has positions for."""
    ids = torch.randint(0, 1000, (2, 7))
    mask = torch.ones(2, 7, dtype=torch.int64)
    sizes = ["batch", "length"]
    exported = export(
        bert,
        {"input_ids": ids, "attention_mask": mask},
        dynamic={"input_ids": sizes, "attention_mask": sizes},
    )
    assert exported.report.inputs["input_ids"] == "i32[batch,length]"
    ids = rng.integers(0, 1000, (3, 20)).astype(np.int32)
    mask = (np.arange(20) < np.array([[20], [12], [5]])).astype(np.int32)
    got = exported.run(input_ids=ids, attention_mask=mask)
    expected = answer(bert, input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
    assert_close(got["last_hidden_state"], expected.last_hidden_state.numpy())
    assert_close(got["pooler_output"], expected.pooler_output.numpy())


def test_a_transformer_that_generates(export, rng, torchvision):
    """GPT-2, whose attention is asked for a view of its answer; of any batch and length."""
    import transformers

    torch.manual_seed(0)
    module = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(vocab_size=200, n_embd=32, n_layer=1, n_head=4, n_positions=64)
    )
    ids = torch.randint(0, 200, (2, 9))
    with pytest.raises(webhlo.UnsupportedError, match=r'DynamicCache, .* add "use_cache": False'):
        export(module, {"input_ids": ids})
    inputs = {"input_ids": ids, "attention_mask": torch.ones(2, 9, dtype=torch.int64), "use_cache": False}
    sizes = ["batch", "length"]
    exported = export(module, inputs, dynamic={"input_ids": sizes, "attention_mask": sizes})
    assert exported.report.results == {"logits": "f32[2,9,200]"}
    ids = rng.integers(0, 200, (3, 14)).astype(np.int32)
    mask = (np.arange(14) < np.array([[14], [9], [5]])).astype(np.int32)
    expected = answer(module, input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
    got = exported.run(input_ids=ids, attention_mask=mask)
    assert_close(got["logits"], expected.logits.numpy())


def test_numbers_up_to_a_free_size(export):
    """As models make them of positions, with a type."""

    class Positions(nn.Module):
        def forward(self, x):
            places = torch.arange(1, x.shape[1], dtype=torch.int64)
            return x[:, 1:] * places.to(x.dtype)

    exported = export(Positions(), "f32[2,length=5]", constraints=["length >= 2"])
    got = exported.run(x=np.ones((2, 7), np.float32))
    assert got["result"].tolist() == [[1, 2, 3, 4, 5, 6]] * 2


class Tied(nn.Module):
    """A model of words whose last product reads the table of the first, as many do."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.mix = nn.GRU(16, 16, batch_first=True)
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.embed.weight
        self.register_buffer("scale", torch.full((16,), 1.5), persistent=False)

    def forward(self, ids, shift=0.0):
        hidden, last = self.mix(self.embed(ids) * self.scale)
        return {"logits": self.head(hidden) + shift, "state": last}


def test_tied_weights_are_one(export, rng):
    torch.manual_seed(0)
    module = Tied()
    exported = export(module, {"ids": "i32[2,5]", "shift": 0.25})
    assert "embed.weight" in exported.report.weights
    assert "head.weight" not in exported.report.weights
    # No part of the state_dict: in the program.
    assert "scale" not in exported.report.weights
    ids = rng.integers(0, 50, (2, 5)).astype(np.int32)
    got, expected = exported.run(ids=ids), answer(module, torch.from_numpy(ids), 0.25)
    assert_close(got["logits"], expected["logits"].numpy())
    assert_close(got["state"], expected["state"].numpy())


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision(export, rng, bert, dtype):
    import copy

    module = copy.deepcopy(bert).to(getattr(torch, dtype))
    exported = export(module, {"input_ids": torch.randint(0, 1000, (2, 7))})
    name = {"bfloat16": "bf16", "float16": "f16"}[dtype]
    assert exported.report.weights["embeddings.LayerNorm.weight"] == f"{name}[64]"
    assert exported.report.results["pooler_output"] == f"{name}[2,64]"


def test_train_mode(export, rng):
    """Batch norms take the batch's statistics; the new running ones come out under their names."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU()).eval()
    exported = export(module, "f32[4,3,8,8]", train=True)
    assert not module.training
    assert torch.equal(module[1].running_mean, torch.zeros(8))
    x = rng.normal(size=(4, 3, 8, 8)).astype(np.float32)
    got = exported.run(input=x)
    with torch.no_grad():
        expected = module.train()(torch.from_numpy(x))
    assert_close(got["result"], expected.numpy())
    assert_close(got["1.running_mean"], module[1].running_mean.numpy())
    assert got["1.num_batches_tracked"] == 1
    # Names are given to the results.
    named = export(module, "f32[4,3,8,8]", train=True, outputs=["image"]).report.results
    assert set(named) == {"image", "1.running_mean", "1.running_var", "1.num_batches_tracked"}


def test_what_cannot_be_exported_is_told_at_once(export):
    class Odd(nn.Module):
        def forward(self, x):
            return torch.rand_like(x) + torch.special.airy_ai(x)

    with pytest.raises(webhlo.UnsupportedError) as told:
        export(Odd(), "f32[4]")
    for name in ("aten.rand", "airy_ai"):
        assert name in str(told.value)

    class Memory(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", torch.zeros(4), persistent=False)

        def forward(self, x):
            self.seen.add_(x)
            x.mul_(2)
            return self.seen + x

    with pytest.raises(webhlo.UnsupportedError) as told:
        export(Memory(), "f32[4]")
    assert 'input "x" (the module writes into it)' in str(told.value)
    assert 'buffer "seen" (the module writes into it, and it is not persistent)' in str(told.value)

    class Branch(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(webhlo.UnsupportedError, match="torch.export cannot trace Branch"):
        export(Branch(), "f32[4]")


class Pyramid(nn.Module):
    """Halves twice and doubles again, so only sizes that are multiples of 4 come back."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 8, 3, 2, 1)])
        self.up = nn.ConvTranspose2d(8, 8, 2, 2)

    def forward(self, x):
        half = self.down[0](x)
        return half + self.up(self.down[1](half))


def test_sizes_that_are_multiples(export, rng):
    torch.manual_seed(0)
    module = Pyramid()
    with pytest.raises(webhlo.UnsupportedError, match=r"with free sizes: .*\nWhat may help: sizes"):
        export(module, "f32[1,3,height=32,width=48]")
    exported = export(module, "f32[1,3,4*height=32,4*width=48]")
    assert exported.report.inputs["x"] == "f32[1,3,4*height,4*width]"
    x = rng.normal(size=(1, 3, 24, 64)).astype(np.float32)
    assert_close(exported.run(x=x)["result"], answer(module, torch.from_numpy(x)).numpy())
    with pytest.raises(AssertionError, match=r"4\*height|multiple"):
        exported.run(x=np.ones((1, 3, 22, 64), np.float32))


def test_a_size_that_the_module_fixes(export):
    class Fixed(nn.Module):
        def forward(self, x):
            return x.reshape(4, 6)

    with pytest.raises(webhlo.UnsupportedError, match='size "rows" of input "x" .* must be 8'):
        export(Fixed(), "f32[rows=8,3]")


def test_the_page_of_documentation(tmp_path, monkeypatch, torchvision):
    run_snippets("PyTorch", tmp_path, monkeypatch, names=[f"class {i}" for i in range(1000)])
