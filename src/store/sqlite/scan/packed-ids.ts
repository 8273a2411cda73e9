import type { BitSet } from '../../../support/bit-set.ts';

/*
 * Ids as SQLite's own binary JSON (https://sqlite.org/jsonb.html): an array of numbers, each a
 * byte of type and length, then its digits. `json_each` goes through it without parsing text. The
 * ids of anonymous contacts are real numbers (`5.0`), which are as good as whole ones wherever they
 * are compared or stored: to tell them apart costs nothing where nobody asks.
 */

/** Each id of a batch in that form, one after the other. */
export interface PackedIds {
  readonly bytes: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: Int32Array;
}

const INTEGER = 3;
const REAL = 5;
const ARRAY = 11;
/** Up to this length, and no further, it stands in the byte of the type. */
const LONGEST_SHORT = 11;
const [POINT, ZERO] = [46, 48];
/** A type, a length, the digits of 2^53, and `.0`. */
const MOST_BYTES = 2 + 16 + 2;

export function packedIds(ids: readonly number[], anonymous: Uint8Array): PackedIds {
  const bytes = new Uint8Array(ids.length * MOST_BYTES);
  const starts = new Int32Array(ids.length + 1);
  let end = 0;
  for (let position = 0; position < ids.length; position += 1) {
    end = writeNumber(bytes, end, ids[position] ?? 0, anonymous[position] === 1);
    starts[position + 1] = end;
  }
  return { bytes, starts };
}

/** Writes the number from `start` on; gives where it ends. */
function writeNumber(bytes: Uint8Array, start: number, id: number, isReal: boolean): number {
  const digits = digitsOf(id);
  const length = isReal ? digits + 2 : digits;
  const type = isReal ? REAL : INTEGER;
  let at = start;
  if (length <= LONGEST_SHORT) bytes[at++] = (length << 4) | type;
  else {
    bytes[at++] = ((LONGEST_SHORT + 1) << 4) | type;
    bytes[at++] = length;
  }
  let rest = id;
  for (let digit = at + digits - 1; digit >= at; digit -= 1) {
    const tenth = Math.floor(rest / 10);
    bytes[digit] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  if (isReal) bytes.set([POINT, ZERO], at + digits);
  return at + length;
}

function digitsOf(id: number): number {
  let digits = 1;
  for (let rest = id; rest >= 10; rest /= 10) digits += 1;
  return digits;
}

/** Packs the ids at some positions as one array. What it gives is good until it is called again. */
export class Packer {
  readonly #ids: PackedIds;
  readonly #value: Uint8Array;

  constructor(ids: PackedIds) {
    this.#ids = ids;
    this.#value = new Uint8Array(HEADER + (ids.starts[ids.starts.length - 1] ?? 0));
  }

  pack({ words }: BitSet): Uint8Array {
    const { bytes, starts } = this.#ids;
    const value = this.#value;
    let end = HEADER;
    for (let word = 0; word < words.length; word += 1) {
      for (let rest = words[word] ?? 0; rest !== 0; rest &= rest - 1) {
        const position = word * 32 + (31 - Math.clz32(rest & -rest));
        const until = starts[position + 1] ?? 0;
        for (let at = starts[position] ?? 0; at < until; at += 1) value[end++] = bytes[at] ?? 0;
      }
    }
    writeHeader(value, end - HEADER);
    return value.subarray(0, end);
  }
}

/** The type, and the length in four bytes. */
const HEADER = 5;

function writeHeader(value: Uint8Array, length: number): void {
  value[0] = (14 << 4) | ARRAY;
  new DataView(value.buffer).setUint32(1, length);
}
