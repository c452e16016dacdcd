"""The Crowd elements as one script."""

import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

from groundtruth.crowd_elements import ENTRY, STATIC
from groundtruth.service.portal.bundle import BundleError, bundle

NODE = Path(playwright.__file__).parent / "driver/node"
"""The one that Playwright brings along."""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(STATIC / ENTRY, tmp_path)
    return tmp_path


def test_all_elements_are_in_one_script_that_loads_nothing_else():
    script = bundle(STATIC)
    assert "import(" not in script
    for module in STATIC.rglob("*.js"):
        name = module.relative_to(STATIC).as_posix()
        assert name == ENTRY or f'modules["{name}"] =' in script


def test_the_script_is_javascript(tmp_path):
    (tmp_path / "bundle.js").write_text(bundle(STATIC), encoding="utf-8")
    subprocess.run([NODE, "--check", tmp_path / "bundle.js"], check=True)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('import * as all from "./other.js";', "not read here"),
        ('import "./other.js";', "not read here"),
        ("export default class {}", "not read here"),
        ("export { a };", "not read here"),
        ("const later = import('./other.js');", "not read here"),
        ("const here = import.meta.url;", "not read here"),
        ('import { a } from "lodash";', "no file of the folder"),
        ('import { a } from "./missing.js";', "cannot be read"),
        ('import { a } from "./elements.js";', "needs itself"),
    ],
)
def test_what_it_cannot_put_together_is_refused_by_name(folder, source, reason):
    (folder / "elements.js").write_text(source, encoding="utf-8")
    with pytest.raises(BundleError, match=reason) as error:
        bundle(folder)
    assert "elements.js" in str(error.value) or "missing.js" in str(error.value)


def test_an_entry_that_loads_otherwise_is_refused(tmp_path):
    (tmp_path / ENTRY).write_text("import('x')", encoding="utf-8")
    with pytest.raises(BundleError, match=ENTRY):
        bundle(tmp_path)
