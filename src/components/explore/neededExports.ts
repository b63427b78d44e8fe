const [importSection, exportSection, codeSection] = [2, 7, 10];

/**
 * Passes on the pieces of a WebAssembly module without the symbols of C++ that it exports but does not import itself.
 * DuckDB exports all of its 75,000, a fifth of the file, for extensions that would be linked to it, which this site has
 * none of; each costs time when the module is compiled, started, and walked through. What is no such module passes as it is.
 */
export async function* withNeededExports(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let held = new Uint8Array(1 << 20);
  let length = 0;
  let passing = false;
  for await (const piece of pieces) {
    if (passing) {
      yield piece;
      continue;
    }
    if (length + piece.length > held.length) {
      const wider = new Uint8Array(2 * (length + piece.length));
      wider.set(held.subarray(0, length));
      held = wider;
    }
    held.set(piece, length);
    length += piece.length;
    const start = held.subarray(0, length);
    const sections = sectionsOf(start);
    if (sections === "incomplete") continue;
    passing = true;
    if (sections === null) yield start;
    else {
      yield start.subarray(0, sections.exports.start);
      yield exportsOf(start, sections);
      yield start.subarray(sections.exports.end);
    }
  }
  if (!passing) yield held.subarray(0, length);
}

type Section = {start: number; body: number; end: number};
type Sections = {imports: Section; exports: Section};

/** Where the two sections are; null where there are none to be found, or they do not come before the code. */
function sectionsOf(bytes: Uint8Array): Sections | "incomplete" | null {
  if (bytes.length < 8) return "incomplete";
  if (!(bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d && bytes[4] === 1)) return null;
  let imports: Section | null = null;
  const reader = new Reader(bytes, 8);
  for (;;) {
    const start = reader.at;
    if (start + 6 > bytes.length) return "incomplete";
    const id = reader.byte();
    const end = reader.number() + reader.at;
    const section = {start, body: reader.at, end};
    if (id === codeSection) return null;
    if (end > bytes.length) return "incomplete";
    if (id === importSection) imports = section;
    if (id === exportSection) return imports && {imports, exports: section};
    reader.at = end;
  }
}

/** The export section anew, or as it is where it cannot be read. */
function exportsOf(bytes: Uint8Array, {imports, exports}: Sections): Uint8Array<ArrayBuffer> {
  const own = importedNames(bytes, imports);
  const reader = new Reader(bytes, exports.body);
  const kept = new Uint8Array(exports.end - exports.body);
  let size = 0;
  let count = 0;
  for (let left = reader.number(); left > 0 && reader.at < exports.end; --left) {
    const from = reader.at;
    const length = reader.number();
    const name = reader.at;
    reader.at += length + 1;
    reader.number();
    if (isCpp(bytes, name) && !own.has(hashOf(bytes, name, length))) continue;
    kept.set(bytes.subarray(from, reader.at), size);
    size += reader.at - from;
    ++count;
  }
  if (reader.at !== exports.end) return bytes.slice(exports.start, exports.end);
  const counted = leb(count);
  const head = [exportSection, ...leb(counted.length + size), ...counted];
  const section = new Uint8Array(head.length + size);
  section.set(head);
  section.set(kept.subarray(0, size), head.length);
  return section;
}

/** Hashes of the names that the module imports: two names with one hash keep an export too many, which does no harm. */
function importedNames(bytes: Uint8Array, {body, end}: Section): Set<number> {
  const reader = new Reader(bytes, body);
  const names = new Set<number>();
  for (let left = reader.number(); left > 0 && reader.at < end; --left) {
    const module = reader.number();
    reader.at += module;
    const length = reader.number();
    names.add(hashOf(bytes, reader.at, length));
    reader.at += length;
    const kind = reader.byte();
    // A function's or a tag's type, a table's or a memory's limits, or a global's type.
    if (kind === 4 || kind === 1) reader.byte();
    if (kind === 0 || kind === 4) reader.number();
    else if (kind === 3) reader.at += 2;
    else if (reader.number() & 1) {
      reader.number();
      reader.number();
    } else reader.number();
  }
  return names;
}

/** Whether a name is one of C++, or of the place that one had before it was replaced: `_Z…` or `orig$_Z…`. */
function isCpp(bytes: Uint8Array, name: number): boolean {
  const at = bytes[name] === 0x6f && bytes[name + 4] === 0x24 ? name + 5 : name;
  return bytes[at] === 0x5f && bytes[at + 1] === 0x5a;
}

function hashOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = length;
  for (let i = from; i < from + length; ++i) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
  return hash;
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number
  ) {}

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  /** A number of seven bits a byte. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
}
