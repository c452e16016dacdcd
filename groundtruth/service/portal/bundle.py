"""The offline Crowd elements as one script, put together in memory when the portal starts.

A browser keeps nothing for a task's frame, whose origin is new with each task: loading the elements module by module would
be sixty requests for every task. What the elements are written in is not changed, only how they find each other; a
module that uses more of JavaScript's module syntax than this reads is refused, and the portal serves the modules as they are.
"""

import posixpath
import re
from pathlib import Path

from groundtruth.crowd_elements import ENTRY

ELEMENTS = "elements.js"
_LOADS_ELEMENTS = f'import(new URL("{ELEMENTS}", base).href)'
_IMPORT = re.compile(r'^import\s*\{([^{}]*)\}\s*from\s*"([^"]+)";[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b|let\b)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:(?:async )?function\*?|class|const|let)\s+([A-Za-z_$][\w$]*)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b|\bimport\s*\(|\bimport\.meta\b", re.MULTILINE)


class BundleError(ValueError):
    """The modules cannot be put together; the message names the module."""


def bundle(folder: Path) -> str:
    """The entry script with all modules in it. Raises BundleError when they use syntax that is not read here, or need each other in a circle."""
    entry = (folder / ENTRY).read_text(encoding="utf-8")
    if entry.count(_LOADS_ELEMENTS) != 1:
        raise BundleError(f"{ENTRY} does not load {ELEMENTS} as expected")
    modules: dict[str, str] = {}
    _add(folder, ELEMENTS, modules, ())
    parts = ["const modules = Object.create(null);", *modules.values(), f'return modules["{ELEMENTS}"];']
    # As late as import() would run them: they may use what the document defines while it is read.
    together = "Promise.resolve().then(() => {\n" + "\n".join(parts) + "\n})"
    return entry.replace(_LOADS_ELEMENTS, together)


def _add(folder: Path, name: str, modules: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise BundleError(f"{name} needs itself, by way of {above[-1]}")
    if name in modules:
        return
    try:
        source = (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise BundleError(f"{name} cannot be read: {error.strerror}") from error
    for match in _IMPORT.finditer(source):
        _add(folder, _resolved(name, match[2]), modules, (*above, name))
    exported = _EXPORTED.findall(source)
    body = _EXPORT.sub("", _IMPORT.sub(lambda match: _as_constant(name, match), source))
    if left := _LEFT_OVER.search(re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)):
        raise BundleError(f'{name} uses "{left[0]}" in a way that is not read here')
    modules[name] = f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {", ".join(exported)} }};\n}})();'


def _as_constant(name: str, match: re.Match[str]) -> str:
    names = re.sub(r"\s+as\s+", ": ", match[1])
    return f'const {{{names}}} = modules["{_resolved(name, match[2])}"];'


def _resolved(name: str, specifier: str) -> str:
    if not specifier.startswith((".", "/")):
        raise BundleError(f'{name} imports "{specifier}", which is no file of the folder')
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), specifier))
