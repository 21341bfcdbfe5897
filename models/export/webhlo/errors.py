# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, by kind. A message names the thing and says why; `code` is that of WebHLO's own
errors where one fits (docs/javascript.md)."""


class ExportError(Exception):
    """Whatever stops an export. `code` says its kind to programs."""

    code = "internal"


class InvalidArgumentError(ExportError):
    """A name, shape, type, option or file that was given is wrong."""

    code = "invalid_argument"


class UnsupportedError(ExportError):
    """The model is right, but it, or a part of it, has no form that WebHLO runs."""

    code = "unsupported"


class VersionError(UnsupportedError):
    """A package is missing, or does not fit the others; the message says which versions do."""


class ToolError(ExportError):
    """Node or WebHLO's command line is missing, or it failed; the message has what it said."""

    code = "tool"


class MismatchError(ExportError):
    """WebHLO computes something else than the framework did."""

    code = "mismatch"


class ExportWarning(UserWarning):
    """The files are right, but probably not what was wanted."""
