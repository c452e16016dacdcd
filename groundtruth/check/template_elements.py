"""Checks a template's elements: which there are, what each needs, and how their answers are named."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

import json5

from groundtruth.check import rules
from groundtruth.check.elements import AUGMENTED_AI, ELEMENT_RULES, LENIENT_ATTRIBUTES, STANDS_ALONE
from groundtruth.check.finding import Finding
from groundtruth.check.liquid_source import Branch, LiquidSource
from groundtruth.check.markup import Element, Markup
from groundtruth.crowd_elements import element_names
from groundtruth.templates import CROWD_ELEMENTS_URL

_SCRIPT = "crowd-html-elements"
_JSON5_PLACE = re.compile(r"^<string>:\d+ ")
_NO_ANSWER = {"submit", "button", "reset", "image"}
_FORMS = {"crowd-form", *STANDS_ALONE}
_MERGING = {"crowd-checkbox", "crowd-radio-button"}


def element_findings(markup: Markup, liquid: LiquidSource) -> Iterator[Finding]:
    """What is wrong with the elements of a template."""
    yield from _scripts(markup.elements, liquid)
    yield from _forms(markup.elements)
    known = frozenset(element_names())
    for element in markup.elements:
        if element.tag.startswith("crowd-"):
            yield from _crowd_element(element, known)
        if element.tag in ELEMENT_RULES:
            yield from _needs(element)
            yield from _regions(element, markup.elements)
            yield from _lists(element, liquid)
        if not element.is_closed and _needs_end_tag(element):
            yield rules.TEMPLATE_UNCLOSED.finding(
                f"<{element.tag}> has no end tag where it needs one.",
                f"Close it with </{element.tag}>.",
                line=element.line,
            )
        yield from _controls(element)
    yield from _names(markup.elements, liquid)


def _scripts(elements: Iterable[Element], liquid: LiquidSource) -> Iterator[Finding]:
    has_script = False
    for element in elements:
        if element.tag == "script":
            has_script |= _SCRIPT in element.value("src") or liquid.is_made(element.value("src"))
            if element.value("type").strip().lower() == "module":
                yield rules.TEMPLATE_MODULE.finding(
                    "A script of the type module.",
                    "Write a classic script: bundle its imports, and leave out type.",
                    line=element.line,
                )
    if not has_script:
        remedy = f'Add <script src="{CROWD_ELEMENTS_URL}"></script>.'
        yield rules.TEMPLATE_SCRIPT.finding("The script of the Crowd elements is missing.", remedy, line=1)


def _forms(elements: list[Element]) -> Iterator[Finding]:
    forms = [element for element in elements if element.tag == "crowd-form"]
    alone = any(element.tag in STANDS_ALONE for element in elements)
    if not forms and not alone:
        yield rules.TEMPLATE_FORM.finding("There is no <crowd-form>.", "Put <crowd-form> around the inputs.", line=1)
        return
    for form in forms[1:]:
        if not form.is_in("crowd-form"):
            continue
        yield rules.TEMPLATE_FORM.finding("A <crowd-form> stands in another.", "Use one form.", line=form.line)
    for element in elements:
        if element.tag in ELEMENT_RULES and not any(place.tag in _FORMS for place in (element, *element.ancestors())):
            message = f"<{element.tag}> stands outside of <crowd-form>."
            yield rules.TEMPLATE_OUTSIDE_FORM.finding(message, "Move it into the form.", line=element.line)


def _needs_end_tag(element: Element) -> bool:
    """A form that ends with the file works all the same."""
    return element.tag in {"script", "style"} or (element.tag.startswith("crowd-") and element.tag != "crowd-form")


def _crowd_element(element: Element, known: frozenset[str]) -> Iterator[Finding]:
    if element.tag in known:
        return
    if element.tag in AUGMENTED_AI:
        message = f"<{element.tag}> is an element of Augmented AI."
        yield rules.TEMPLATE_AUGMENTED_AI.finding(message, "Use a Ground Truth element.", line=element.line)
        return
    if element.tag == "crowd-select":
        remedy = "Use an HTML <select name=…>."
    else:
        close = difflib.get_close_matches(element.tag, sorted(known), n=1)
        remedy = f"Did you mean <{close[0]}>?" if close else "Use a documented element, or plain HTML."
    yield rules.TEMPLATE_ELEMENT.finding(f"There is no element <{element.tag}>.", remedy, line=element.line)


def _needs(element: Element) -> Iterator[Finding]:
    for name in ELEMENT_RULES[element.tag].attributes:
        if element.value(name).strip():
            continue
        rule = rules.TEMPLATE_NAME if name == "name" else rules.TEMPLATE_ATTRIBUTE
        yield rule.finding(f"<{element.tag}> has no {name}.", f'Give it {name}="…".', line=element.line)


def _regions(element: Element, elements: Iterable[Element]) -> Iterator[Finding]:
    wanted = ELEMENT_RULES[element.tag].regions
    present = {other.tag for other in elements if element in other.ancestors()} if wanted else set()
    missing = [f"<{region}>" for region in wanted if region not in present]
    if missing:
        message = f"<{element.tag}> has no {' and no '.join(missing)}."
        yield rules.TEMPLATE_REGION.finding(message, f"Put {' and '.join(missing)} into it.", line=element.line)


def _lists(element: Element, liquid: LiquidSource) -> Iterator[Finding]:
    for name in LENIENT_ATTRIBUTES:
        text = element.value(name)
        if text.strip() and not liquid.is_made(text):
            yield from list_findings(element.tag, name, text, element.line)


def list_findings(tag: str, name: str, text: str, line: int | None) -> Iterator[Finding]:
    """What is wrong with an attribute that holds a list or an object, as the element gets its text."""
    try:
        value = json5.loads(text)
    except ValueError as error:
        message = f"{name} of <{tag}> is no list: {_JSON5_PLACE.sub('', str(error).splitlines()[0])}."
        yield rules.TEMPLATE_VALUE.finding(message, 'Write it as JSON: ["Total", "Date"].', line=line)
        return
    wanted = ELEMENT_RULES[tag]
    if name != wanted.list_attribute:
        return
    if not isinstance(value, list) or not value:
        yield rules.TEMPLATE_VALUE.finding(
            f"{name} of <{tag}> is no list, or empty.", 'Write ["Total", "Date"].', line=line
        )
    elif wanted.most is not None and len(value) > wanted.most:
        yield labels_finding(tag, len(value), line)


def labels_finding(tag: str, count: int, line: int | None) -> Finding:
    """An element that has more labels than its page allows."""
    wanted = ELEMENT_RULES[tag]
    rule = rules.TEMPLATE_LABELS_MANY if tag == "crowd-bounding-box" else rules.TEMPLATE_LABELS_LIMIT
    message = f"<{tag}> has {count} {wanted.list_attribute}; its page says {wanted.most} at most."
    return rule.finding(message, "Ask for them in several jobs, or try it on a real one first.", line=line)


def _controls(element: Element) -> Iterator[Finding]:
    if element.tag == "crowd-radio-button" and element.has("required"):
        message = "<crowd-radio-button> has no attribute required."
        remedy = 'To force a choice, use <input type="radio" required>.'
        yield rules.TEMPLATE_RADIO.finding(message, remedy, line=element.line)
    is_button = element.tag in {"button", "input"} and element.value("type").lower() == "submit"
    if is_button and element.is_in("crowd-form"):
        remedy = 'Use <crowd-button form-action="submit">.'
        yield rules.TEMPLATE_SUBMIT.finding(
            f'<{element.tag} type="submit"> in a <crowd-form>.', remedy, line=element.line
        )


def _names(elements: Iterable[Element], liquid: LiquidSource) -> Iterator[Finding]:
    """Names that two inputs share, or one input that a loop repeats."""
    owners: dict[str, list[Element]] = {}
    for element in elements:
        name = element.value("name")
        if not name or liquid.is_made(name) or not _answers(element):
            continue
        branches = liquid.branches(element.offset)
        clash = next((other for other in owners.get(name, ()) if _clash(element, other, liquid)), None)
        if clash is not None:
            message = f'The name "{name}" is also that of <{clash.tag}> on line {clash.line}.'
            yield rules.TEMPLATE_NAME_TWICE.finding(message, "Give each input a name of its own.", line=element.line)
        elif any(branch.is_loop for branch in branches) and not _differs_in_loop(element):
            message = f'<{element.tag} name="{name}"> stands in a loop, so that every round has the same name.'
            remedy = f'Make the name of something that changes: name="{name}-{{{{ forloop.index }}}}".'
            yield rules.TEMPLATE_NAME_TWICE.finding(message, remedy, line=element.line)
        owners.setdefault(name, []).append(element)


def _answers(element: Element) -> bool:
    if element.tag == "input":
        return element.value("type").lower() not in _NO_ANSWER
    return element.tag in ELEMENT_RULES or element.tag in {"textarea", "select"}


def _is_choice(element: Element) -> bool:
    """Whether inputs of one name are one group, told apart by their values."""
    return element.tag in _MERGING or (
        element.tag == "input" and element.value("type").lower() in {"radio", "checkbox"}
    )


def _clash(element: Element, other: Element, liquid: LiquidSource) -> bool:
    if _exclude(liquid.branches(element.offset), liquid.branches(other.offset)):
        return False
    if _is_choice(element) and _is_choice(other):
        return element.value("value") == other.value("value") and not liquid.is_made(element.value("value"))
    return True


def _differs_in_loop(element: Element) -> bool:
    value: Mapping[str, object] = element.attributes
    return _is_choice(element) and "value" in value and bool(element.attributes["value"].outputs)


def _exclude(one: tuple[Branch, ...], other: tuple[Branch, ...]) -> bool:
    """Whether two places stand in different branches of one block, so that a page has only one of them."""
    numbers = {branch.block: branch.number for branch in one}
    return any(numbers.get(branch.block, branch.number) != branch.number for branch in other)
