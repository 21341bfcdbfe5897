# SPDX-License-Identifier: Apache-2.0
"""From training code to files that a web page loads with WebHLO. `webhlo.export` is all there is;
`python -m webhlo export` is the same from a shell. See README.md."""

from .errors import (
    ExportError,
    ExportWarning,
    InvalidArgumentError,
    MismatchError,
    ToolError,
    UnsupportedError,
    VersionError,
)
from .exporting import Report, export
from .tool import Check

__all__ = [
    "Check",
    "ExportError",
    "ExportWarning",
    "InvalidArgumentError",
    "MismatchError",
    "Report",
    "ToolError",
    "UnsupportedError",
    "VersionError",
    "export",
]
