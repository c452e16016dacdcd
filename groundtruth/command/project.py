"""Where files lie: the toolkit's own (`template.yaml` and, beside it, `label_categories/`) and those of a data folder."""

from pathlib import Path

import click

from groundtruth.errors import RequestError

_CHECKOUT = Path(__file__).resolve().parents[2]

template_option = click.option(
    "--template-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="SAM template that declares the functions. Default: template.yaml here, else the toolkit's.",
)
categories_option = click.option(
    "--label-categories",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Label category config. Default: label_categories/TASK.json beside the SAM template.",
)


def template_path(given: Path | None) -> Path:
    """The SAM template to use. Raises RequestError when there is none."""
    if given is not None:
        return given
    for folder in (Path.cwd(), _CHECKOUT):
        if (folder / "template.yaml").is_file():
            return folder / "template.yaml"
    raise RequestError("There is no template.yaml here. Name a SAM template with --template-file.")


def categories_path(given: Path | None, template: Path, task_type: str) -> Path:
    """The label category config to use. Raises RequestError when there is none."""
    path = given or template.parent / "label_categories" / f"{task_type}.json"
    if not path.is_file():
        known = sorted(entry.stem for entry in path.parent.glob("*.json")) if given is None else []
        hint = f" Known task types: {', '.join(known)}." if known else ""
        raise RequestError(f'{path}: there is no label category config for the task "{task_type}".{hint}')
    return path


def address_file(data: Path) -> Path:
    """The file of a data folder that says where people reached its service last."""
    return data / "address"
