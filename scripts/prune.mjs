// Empties functions of a WebAssembly module as the linker leaves it with --emit-relocs, so that what
// only they refer to counts as not needed. Nothing is moved: a body becomes `unreachable` over its
// whole length, and the list of references (`reloc.CODE`) loses those within it.
// The format: https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md

/** Reads numbers and names of a section, one after the other. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
}

const [custom, functions, code] = [0, 3, 10];
const functionNames = 1;
// These references have a number more: what is added to an address.
const withAddend = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

function leb(number) {
  const bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return Buffer.from([...bytes, number]);
}

/** The sections, each with its place in the module and where its content begins. */
function sectionsOf(module) {
  const sections = [];
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const content = reader.at;
    const name = id === custom ? reader.text() : "";
    sections.push({ id, name, start, content, inside: reader.at, end: content + length });
    reader.at = content + length;
  }
  return sections;
}

/** Names of all functions, imported ones first. */
function namesIn(module, section) {
  const reader = new Reader(module, section.inside);
  while (reader.at < section.end) {
    const kind = reader.byte();
    const length = reader.number();
    if (kind !== functionNames) {
      reader.at += length;
      continue;
    }
    return Array.from({ length: reader.number() }, () => [reader.number(), reader.text()][1]);
  }
  throw new Error("the functions have no names");
}

/** The content of `reloc.CODE` without the references that `isGone` holds for. */
function kept(module, section, isGone) {
  const reader = new Reader(module, section.inside);
  reader.number();
  const head = module.subarray(section.content, reader.at);
  const entries = [];
  for (let left = reader.number(); left > 0; left--) {
    const start = reader.at;
    const hasAddend = withAddend.has(reader.byte());
    const offset = reader.number();
    reader.number();
    if (hasAddend) reader.number();
    if (!isGone(offset)) entries.push(module.subarray(start, reader.at));
  }
  const content = Buffer.concat([head, leb(entries.length), ...entries]);
  return Buffer.concat([Buffer.from([custom]), leb(content.length), content]);
}

/** The module, with those functions emptied whose names match. */
export function prune(original, names) {
  const module = Buffer.from(original);
  const sections = sectionsOf(module);
  const find = (id, name = "") => sections.find((section) => section.id === id && section.name === name);
  const named = namesIn(module, find(custom, "name"));
  const own = new Reader(module, find(functions).content).number();
  const bodies = find(code);
  const emptied = new Set();

  const reader = new Reader(module, bodies.content);
  const count = reader.number();
  if (count !== own) throw new Error("there are not as many bodies as functions");
  for (let at = named.length - own; at < named.length; at++) {
    const length = reader.number();
    if (names.test(named[at])) {
      module.fill(0, reader.at, reader.at + length - 1);
      for (let byte = 0; byte < length; byte++) emptied.add(reader.at + byte - bodies.content);
    }
    reader.at += length;
  }

  const parts = [module.subarray(0, 8)];
  for (const section of sections) {
    const isReferences = section.id === custom && section.name === "reloc.CODE";
    parts.push(isReferences ? kept(module, section, (at) => emptied.has(at)) : module.subarray(section.start, section.end));
  }
  return Buffer.concat(parts);
}
