import type { BitSet } from '../../../support/bit-set.ts';

/*
 * Ids as SQLite's own binary JSON (https://sqlite.org/jsonb.html): an array of whole numbers, each a
 * byte of type and length, then its digits. `json_each` goes through it without parsing text. The
 * number of an anonymous contact is negative.
 */

/** Each id of a batch in that form, one after the other. */
export interface PackedIds {
  readonly bytes: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: Int32Array;
}

const INTEGER = 3;
const ARRAY = 11;
/** Up to this length, and no further, it stands in the byte of the type. */
const LONGEST_SHORT = 11;
const [MINUS, ZERO] = [45, 48];
/** A type, a length, a sign, and the digits of 2^53. */
const MOST_BYTES = 2 + 1 + 16;

export function packedIds(ids: readonly number[], anonymous: Uint8Array): PackedIds {
  const bytes = new Uint8Array(ids.length * MOST_BYTES);
  const starts = new Int32Array(ids.length + 1);
  let end = 0;
  for (let position = 0; position < ids.length; position += 1) {
    end = writeInteger(bytes, end, ids[position] ?? 0, anonymous[position] === 1);
    starts[position + 1] = end;
  }
  return { bytes, starts };
}

/** Writes the number from `start` on; gives where it ends. */
function writeInteger(bytes: Uint8Array, start: number, id: number, isNegative: boolean): number {
  const length = digitsOf(id) + (isNegative ? 1 : 0);
  let at = start;
  if (length <= LONGEST_SHORT) bytes[at++] = (length << 4) | INTEGER;
  else {
    bytes[at++] = ((LONGEST_SHORT + 1) << 4) | INTEGER;
    bytes[at++] = length;
  }
  if (isNegative) bytes[at] = MINUS;
  const end = at + length;
  let rest = id;
  for (let digit = end - 1; digit >= at + (isNegative ? 1 : 0); digit -= 1) {
    const tenth = Math.floor(rest / 10);
    bytes[digit] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return end;
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
