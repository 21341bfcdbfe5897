# SPDX-License-Identifier: Apache-2.0
"""Which packages an export needs, and which of their versions are known to fit each other."""

import importlib
import importlib.metadata
from types import ModuleType

from .errors import VersionError

# Those that the tests run with (tests/requirements-*.txt). Others may do as well.
FITTING = {
    "jax": "0.10.2",
    "flatbuffers": "25.12.19",
    "flax": "0.12.8",
    "equinox": "0.13.8",
    "torch": "2.13.0",
    "torchax": "0.0.13",
    "keras": "3.15.1",
    "tensorflow": "2.21.0",
}


def version_of(package: str) -> str | None:
    """As installed, None where it is not."""
    # TensorFlow comes under several names.
    for name in (package, f"{package}-cpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def require(module: str, purpose: str, beside: tuple[str, ...] = ()) -> ModuleType:
    """Imports a module that `purpose` needs, whose package must fit those `beside` it.

    Raises VersionError if that fails, with the versions that there are and those that fit.
    """
    packages = (module.partition(".")[0], *beside)
    try:
        return importlib.import_module(module)
    except Exception as error:  # Whatever a package does that meets a stranger.
        raise misfit(purpose, packages, error) from error


def misfit(purpose: str, packages: tuple[str, ...], error: Exception) -> VersionError:
    """What to say when these packages cannot do that."""
    there = ", ".join(f"{name} {version_of(name) or '(missing)'}" for name in packages)
    fitting = " ".join(f"{name}=={FITTING[name]}" for name in packages if name in FITTING)
    return VersionError(
        f"{purpose}: {type(error).__name__}: {error}. Here are {there}; "
        f"known to fit is: pip install {fitting}"
    )
