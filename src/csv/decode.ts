import { isAscii, isUtf8 } from 'node:buffer';
import { EXIT, UserError } from '../support/errors.ts';
import type { Source } from './source.ts';

const LF = 10;
const CR = 13;

/**
 * Names that people use for encodings and that are not in the standard
 * (https://encoding.spec.whatwg.org/#names-and-labels), with the name there.
 */
const COMMON_NAMES: Readonly<Record<string, string>> = {
  latin9: 'iso-8859-15',
  macroman: 'macintosh',
  ansi: 'windows-1252',
};

/** The standard name of an encoding. `UserError` (2) if it is unknown. */
function encodingNamed(name: string): string {
  const label = name.trim().toLowerCase();
  try {
    return new TextDecoder(COMMON_NAMES[label] ?? label, { fatal: true }).encoding;
  } catch (cause) {
    throw new UserError('UNKNOWN_ENCODING', EXIT.usage, `unknown encoding \`${name}\``, {
      hint: 'common ones are utf-8, windows-1252, latin9, utf-16le, macroman',
      cause,
    });
  }
}

/** Encodings of one byte a character, in which any bytes are a text. */
const ONE_BYTE = /^(?:ibm866|iso-8859-|koi8-|macintosh|windows-|x-mac-)/;

/** How many bytes at the beginning show whether every second one is a NUL. */
const SHOWING_BYTES = 4096;

/**
 * The encoding of a file: by the byte order mark at its beginning, else by the option, else UTF-8.
 * `UserError`: the option names none (2), or the bytes show that it is another one (65).
 */
export async function encodingOf(source: Source, given: string | undefined): Promise<string> {
  const told = given === undefined ? 'utf-8' : encodingNamed(given);
  for await (const chunk of source.chunks()) {
    const marked = markedEncoding(chunk);
    if (marked !== undefined) return marked;
    const wide = wideEncoding(chunk.subarray(0, SHOWING_BYTES));
    if (wide !== undefined && !told.startsWith('utf-16')) throw isWide(source.name, wide);
    break;
  }
  if (ONE_BYTE.test(told) && (await isForeignUtf8(source))) throw isUtf8After(source.name, told);
  return told;
}

/** What a byte order mark says. */
function markedEncoding([first, second, third]: Buffer): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined;
}

/** UTF-16, if NULs stand at every second byte and nowhere else, as in text of Latin letters. */
function wideEncoding(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const nuls = [0, 0];
  for (const [index, byte] of head.entries())
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  if (even === 0 && odd > head.length / 5) return 'utf-16le';
  return odd === 0 && even > head.length / 5 ? 'utf-16be' : undefined;
}

function isWide(name: string, encoding: string): UserError {
  const message = `${name} looks like UTF-16 without a byte order mark: every second byte is 0`;
  return new UserError('WRONG_ENCODING', EXIT.badInput, message, {
    hint: `name its encoding: --encoding ${encoding}`,
  });
}

/** Whether all of a file is valid UTF-8, and more than ASCII. No other text is so by chance. */
async function isForeignUtf8(source: Source): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isForeign = false;
  try {
    for await (const chunk of source.chunks()) {
      decoder.decode(chunk, { stream: true });
      isForeign ||= !isAscii(chunk);
    }
    decoder.decode();
  } catch (error) {
    if (isWrongByte(error)) return false;
    throw error;
  }
  return isForeign;
}

function isUtf8After(name: string, told: string): UserError {
  return new UserError('WRONG_ENCODING', EXIT.badInput, `${name} is UTF-8, not ${told}`, {
    hint: 'leave --encoding out: as it is, letters such as é would become Ã©',
  });
}

/**
 * The text of a source. A byte that cannot be decoded is an error and is never replaced. Byte order
 * marks stay in the text, because files that were joined have them in the middle. `UserError` (65)
 * names the line of the first byte that is not UTF-8.
 */
export async function* decode(source: Source, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of source.chunks()) yield decoder.decode(chunk, { stream: true });
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (error) {
    if (!isWrongByte(error)) throw error;
    throw await wrongByte(source, encoding, error);
  }
}

function isWrongByte(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

async function wrongByte(source: Source, encoding: string, cause: unknown): Promise<UserError> {
  const message =
    encoding === 'utf-8'
      ? `${source.name} is not UTF-8: line ${await firstWrongLine(source)} ` +
        `has a byte that cannot be read`
      : `${source.name} cannot be read as ${encoding}`;
  const hint = await hintFor(source);
  return new UserError('WRONG_ENCODING', EXIT.badInput, message, { hint, cause });
}

async function hintFor(source: Source): Promise<string> {
  for await (const chunk of source.chunks()) {
    // nothing goes before a byte order mark
    if (markedEncoding(chunk) !== undefined)
      return 'its first bytes say that it is so: it is damaged, or cut off';
    if (chunk.subarray(0, SHOWING_BYTES).includes(0))
      return 'it has bytes of 0, as no text of one byte a letter has: export it anew, as CSV in UTF-8';
    break;
  }
  return 'name the encoding that it has: --encoding windows-1252';
}

/**
 * The 1-based line with the first byte that is not UTF-8. Lines can be found in bytes, because no
 * byte of a longer character looks like a line break.
 */
async function firstWrongLine(source: Source): Promise<number> {
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source.chunks()) {
    const bytes = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = lineEnd(bytes, start); end >= 0; end = lineEnd(bytes, start)) {
      if (!isUtf8(bytes.subarray(start, end))) return line;
      line += 1;
      start = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
    }
    rest = bytes.subarray(start);
  }
  return line;
}

/** The end of the line that begins at `start`; -1 if it is not in these bytes. */
function lineEnd(bytes: Buffer, start: number): number {
  for (let index = start; index < bytes.length; index++) {
    if (bytes[index] === LF || (bytes[index] === CR && index + 1 < bytes.length)) return index;
  }
  return -1;
}
