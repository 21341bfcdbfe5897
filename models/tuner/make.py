# SPDX-License-Identifier: Apache-2.0
"""Exports CREPE, a network that hears the pitch of a sound, in its tiny form, from PyTorch for WebHLO.

`python make.py` writes, beside this file,

  tuner.jaxexport, tuner.safetensors   1024 samples of 16 kHz -> frequency in Hz and how sure it is
  expected.json                        what PyTorch answers for tones of these frequencies

of which `webhlo convert` makes tuner.whlo (README.md). Network and weights are those of the package torchcrepe.
"""

import argparse
import json
import pathlib
import sys
from unittest import mock

import numpy as np
import torch
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from torch_export import exported  # noqa: E402

# torchcrepe imports packages that read and resample files of sound, none of which the network needs.
with mock.patch.dict(sys.modules, {n: mock.Mock() for n in ("librosa", "resampy", "torchaudio")}):
    import torchcrepe

TONES = [55.0, 82.41, 110.0, 196.0, 261.63, 440.0, 659.26, 987.77, 1500.0]  # Hz


class Tuner(torch.nn.Module):
    """Samples [1,1024] -> `frequency` [1] in Hz, the mean of the likeliest bins, and `confidence` [1], how likely
    the likeliest is. Bins are 20 cents wide; what is done before and after the network is as torchcrepe does it."""

    def __init__(self):
        super().__init__()
        self.crepe = torchcrepe.Crepe("tiny")
        weights = pathlib.Path(torchcrepe.__file__).parent / "assets/tiny.pth"
        self.crepe.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))

    def forward(self, samples):
        samples = samples - samples.mean(1, keepdim=True)
        samples = samples / samples.std(1, keepdim=True).clamp(min=1e-10)
        likelihoods = self.crepe(samples)
        bins = torch.arange(torchcrepe.PITCH_BINS)
        near = (bins - likelihoods.argmax(1, keepdim=True)).abs() <= 4
        shares = likelihoods * near
        cents = (shares * (1997.3794084376191 + torchcrepe.CENTS_PER_BIN * bins)).sum(1) / shares.sum(1)
        return 10 * 2 ** (cents / 1200), likelihoods.amax(1)


def tone(frequency):
    """Eight overtones, f32 [1,1024]."""
    time = np.arange(1024) / torchcrepe.SAMPLE_RATE
    parts = [np.sin(2 * np.pi * k * frequency * time) / k for k in range(1, 9) if k * frequency < 8000]
    return np.sum(parts, 0, dtype=np.float64).astype(np.float32)[None]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="default: this folder")
    out = parser.parse_args().out
    module = Tuner().eval()
    program, weights = exported(module, {"samples": torch.zeros(1, 1024)}, ["frequency", "confidence"])
    out.mkdir(parents=True, exist_ok=True)
    (out / "tuner.jaxexport").write_bytes(program)
    save_file(weights, out / "tuner.safetensors")
    expected = []
    for wanted in TONES:
        with torch.no_grad():
            frequency, confidence = (float(x) for x in module(torch.from_numpy(tone(wanted))))
        print(f"{wanted} Hz: {frequency:.2f} Hz, {confidence:.3f}")
        expected.append({"tone": wanted, "frequency": frequency, "confidence": confidence})
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
