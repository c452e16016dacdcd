"""Checks what a template does with the task's values: escaping, read access, scripts."""

from collections.abc import Iterator

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.check.liquid_source import LiquidSource, Output
from groundtruth.check.markup import Attribute, Element, Markup

_ESCAPING = {"escape", "escape_once", "h", "url_encode"}
_LOADING = {"src", "poster", "data", "srcset"}
_HARMLESS_ROOTS = {"", "forloop", "tablerowloop"}


def value_findings(markup: Markup, liquid: LiquidSource) -> Iterator[Finding]:
    """What is wrong with the values that a template prints."""
    for element in markup.elements:
        for name, attribute in element.attributes.items():
            yield from _attribute(element, name, attribute, liquid)
        if element.tag == "script":
            for output in liquid.outputs_in(element.text):
                yield from _in_script(output)
        elif element.tag != "style":
            for output in liquid.outputs_in(element.text):
                yield from _in_text(output)
    for output in liquid.outputs.values():
        if "skip_autoescape" in output.filters and output.root not in _HARMLESS_ROOTS:
            message = f"{{{{ {output.text} }}}} prints data without escaping."
            yield rules.TEMPLATE_SKIP_AUTOESCAPE.finding(message, "Leave out skip_autoescape.", line=output.line)


def _attribute(element: Element, name: str, attribute: Attribute, liquid: LiquidSource) -> Iterator[Finding]:
    for output in attribute.outputs:
        if name.startswith("on"):
            yield from _in_script(output)
        elif _is_bare_json(output):
            yield _json_attribute(name, attribute, output)
    if name in _LOADING and (element.tag != "script" or name == "src"):
        yield from _read_access(element, name, attribute, liquid)


def _is_bare_json(output: Output) -> bool:
    if "to_json" not in output.filters:
        return False
    after = output.filters[len(output.filters) - output.filters[::-1].index("to_json") :]
    return not _ESCAPING & set(after)


def _json_attribute(name: str, attribute: Attribute, output: Output) -> Finding:
    rule = rules.TEMPLATE_JSON_APOSTROPHE if attribute.quote == "'" else rules.TEMPLATE_JSON_ATTRIBUTE
    quoted = {"'": "single quotes", '"': "double quotes"}.get(attribute.quote, "no quotes")
    message = f"{name} holds {{{{ {output.text} }}}} in {quoted}."
    return rule.finding(message, f'Write {name}="{{{{ {output.text} | escape }}}}".', line=output.line)


def _read_access(element: Element, name: str, attribute: Attribute, liquid: LiquidSource) -> Iterator[Finding]:
    value = attribute.value.strip()
    if value.startswith("s3://"):
        message = f"{name} of <{element.tag}> is an S3 URI: {liquid.shown(value)[:80]}."
        remedy = "Write {{ task.input.image | grant_read_access }}, or the object's HTTPS address."
        yield rules.TEMPLATE_S3_URI.finding(message, remedy, line=element.line)
        return
    first = liquid.outputs_in(value[:1])
    if not first or first[0].root in _HARMLESS_ROOTS or liquid.grants_read_access(first[0]):
        return
    output = first[0]
    is_source = output.path.replace('"', "'").endswith(("source-ref", "['source-ref']"))
    rule = rules.TEMPLATE_S3_URI if is_source else rules.TEMPLATE_READ_ACCESS
    message = f"{name} of <{element.tag}> is {{{{ {output.text} }}}} without read access."
    yield rule.finding(message, f"Write {{{{ {output.path} | grant_read_access }}}}.", line=output.line)


def _in_script(output: Output) -> Iterator[Finding]:
    if output.root in _HARMLESS_ROOTS:
        return
    message = f"{{{{ {output.text} }}}} stands in a script."
    remedy = f'Put it into an attribute, data-value="{{{{ {output.path} | to_json | escape }}}}", and JSON.parse that.'
    yield rules.TEMPLATE_SCRIPT_VALUE.finding(message, remedy, line=output.line)


def _in_text(output: Output) -> Iterator[Finding]:
    if _is_bare_json(output):
        message = f"{{{{ {output.text} }}}} stands in the text of the page."
        yield rules.TEMPLATE_JSON_TEXT.finding(message, f"Write {{{{ {output.text} | escape }}}}.", line=output.line)
