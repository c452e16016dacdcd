/**
 * Reads the JSON-like text that templates put into attributes: labels="['Total', { label: 'Due', },]".
 *
 * Besides JSON it takes bare keys, single quotes, trailing commas, comments, hexadecimal numbers and a leading
 * plus or point, as JSON5 does. It is a parser, never an evaluator: an attribute may hold text from a data object.
 */

const MAX_DEPTH = 100;
const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" };
const WORDS = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d-]*/uy;
const SPACE = /(?:[\s\ufeff]+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;

/** What the text has wrong, and where. */
export class LenientJsonError extends Error {}

/**
 * The value that `text` describes: arrays, plain objects, strings, numbers, booleans, null.
 * Throws LenientJsonError with line and column.
 */
export function parseLenientJson(text) {
  return new Reader(text).document();
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
  }

  document() {
    this.space();
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail("there is more text after the value");
    return value;
  }

  value() {
    const char = this.text[this.at];
    if (char === "{") return this.nested(() => this.object());
    if (char === "[") return this.nested(() => this.array());
    if (char === '"' || char === "'") return this.string(char);
    const number = this.match(NUMBER);
    if (number !== null) return toNumber(number);
    return this.word();
  }

  nested(read) {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail(`it is nested more than ${MAX_DEPTH} deep`);
    this.at += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  array() {
    const items = [];
    for (;;) {
      this.space();
      if (this.take("]")) return items;
      items.push(this.value());
      this.separator("]");
    }
  }

  object() {
    const entries = [];
    for (;;) {
      this.space();
      if (this.take("}")) break;
      const key = this.key();
      this.space();
      if (!this.take(":")) this.fail(`there is no ":" after the key "${key}"`);
      this.space();
      entries.push([key, this.value()]);
      this.separator("}");
    }
    // fromEntries defines own properties, so a key such as __proto__ stays an ordinary key.
    return Object.fromEntries(entries);
  }

  separator(end) {
    this.space();
    if (this.take(",")) return;
    if (this.text[this.at] !== end) this.fail(`"," or "${end}" should be here`);
  }

  key() {
    const char = this.text[this.at];
    if (char === '"' || char === "'") return this.string(char);
    const key = this.match(NAME) ?? this.match(/\d+/y);
    if (key === null) this.fail("a key should be here");
    return key;
  }

  word() {
    const start = this.at;
    const word = this.match(NAME);
    if (word !== null && WORDS.has(word)) return WORDS.get(word);
    this.at = start;
    return this.fail(word === null ? "a value should be here" : `"${word}" is not a value; text needs quotes`);
  }

  string(quote) {
    this.at += 1;
    let result = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) this.fail("a quoted text has no end");
      this.at += 1;
      if (char === quote) return result;
      result += char === "\\" ? this.escape() : char;
    }
  }

  escape() {
    const char = this.text[this.at];
    this.at += 1;
    if (char === "u") return this.codeUnit(4);
    if (char === "x") return this.codeUnit(2);
    if (char === "\r" && this.take("\n")) return "";
    if (char === "\n" || char === "\r" || char === "\u2028" || char === "\u2029") return "";
    return Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : (char ?? "");
  }

  codeUnit(length) {
    const digits = this.text.slice(this.at, this.at + length);
    if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) this.fail("an escape in a text is cut short");
    this.at += length;
    return String.fromCharCode(parseInt(digits, 16));
  }

  space() {
    this.match(SPACE);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }

  take(char) {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  fail(problem) {
    const before = this.text.slice(0, this.at).split("\n");
    const here = this.text.slice(this.at, this.at + 20).split("\n")[0] || "the end";
    const hint = /&(?:quot|amp|#\d+|#x[\da-f]+);/i.test(this.text) ? " It looks escaped twice." : "";
    throw new LenientJsonError(
      `line ${before.length}, column ${before.at(-1).length + 1} (${here}): ${problem}.${hint}`,
    );
  }
}

function toNumber(literal) {
  const negative = literal.startsWith("-");
  const magnitude = Number(literal.replace(/^[+-]/, ""));
  return negative ? -magnitude : magnitude;
}
