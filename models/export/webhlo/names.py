# SPDX-License-Identifier: Apache-2.0
"""Trees of containers as flat, named leaves. Names of weights are whole paths, so that another layer
renames none; names of inputs and results are the shortest that tell them apart, as WebHLO's are."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from .errors import InvalidArgumentError

Path = tuple[str, ...]


def leaves_of(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of dicts, lists, tuples and named tuples, with their keys, outermost first."""
    if isinstance(tree, Mapping):
        children = list(tree.items())
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):
        children = list(zip(tree._fields, tree))
    elif isinstance(tree, list | tuple):
        children = list(enumerate(tree))
    else:
        yield path, tree
        return
    for key, child in children:
        yield from leaves_of(child, (*path, str(key)))


def map_leaves(change: Callable[[Path, Any], Any], tree: Any, path: Path = ()) -> Any:
    """The same tree with each leaf changed."""

    def inner(key: Any, child: Any) -> Any:
        return map_leaves(change, child, (*path, str(key)))

    if isinstance(tree, Mapping):
        return {key: inner(key, child) for key, child in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(inner(*item) for item in zip(tree._fields, tree)))
    if isinstance(tree, list | tuple):
        return type(tree)(inner(*item) for item in enumerate(tree))
    return change(path, tree)


def short_names(paths: Sequence[Path], what: str, taken: Collection[str] = ()) -> list[str]:
    """The last key of each path, with as many before it as make it unique, none of those taken, and no
    bare number. Raises InvalidArgumentError if there is no such name."""
    counts = [1] * len(paths)
    while True:
        names = [".".join(path[-count:]) for path, count in zip(paths, counts)]
        uses = Counter(names)
        vague = [uses[name] > 1 or name in taken or name.partition(".")[0].isdigit() for name in names]
        longer = [i for i, path in enumerate(paths) if vague[i] and counts[i] < len(path)]
        if not longer:
            break
        for i in longer:
            counts[i] += 1
    for name in names:
        if name in taken:
            raise InvalidArgumentError(f'"{name}" is the name of a weight: name the {what[:-1]} otherwise')
    return unique(names, paths, what)


def result_names(paths: Sequence[Path]) -> list[str]:
    """Names of a function's results: a bare one is `result`, those of a bare sequence are `result0`, ..."""
    rooted = [
        (f"result{path[0]}", *path[1:]) if path and path[0].isdigit() else ("result", *path)
        for path in paths
    ]
    return short_names(rooted, "results")


def whole_names(paths: Sequence[Path], what: str) -> list[str]:
    """The keys of each path, joined by dots. Raises InvalidArgumentError if two become the same."""
    return unique([".".join(path) for path in paths], paths, what)


def unique(names: list[str], paths: Sequence[Path], what: str) -> list[str]:
    """These names. Raises InvalidArgumentError where two are the same, or one is empty."""
    seen: dict[str, Path] = {}
    for name, path in zip(names, paths):
        if name in seen:
            raise InvalidArgumentError(
                f'two {what} are named "{name}": {list(seen[name])} and {list(path)}'
            )
        if not name:
            raise InvalidArgumentError(f"one of the {what} has no name: give it one in a dict")
        seen[name] = path
    return names
