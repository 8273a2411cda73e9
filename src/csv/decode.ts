import { isUtf8 } from 'node:buffer';
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
export function encodingNamed(name: string): string {
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

/**
 * The encoding of a file: by the byte order mark at its beginning, else by the option, else UTF-8.
 */
export async function encodingOf(source: Source, given: string | undefined): Promise<string> {
  for await (const [first, second, third] of source.chunks()) {
    if (first === 0xff && second === 0xfe) return 'utf-16le';
    if (first === 0xfe && second === 0xff) return 'utf-16be';
    if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
    break;
  }
  return given === undefined ? 'utf-8' : encodingNamed(given);
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
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw await wrongByte(source, encoding, error);
  }
}

async function wrongByte(source: Source, encoding: string, cause: unknown): Promise<UserError> {
  const message =
    encoding === 'utf-8'
      ? `${source.name} is not UTF-8: line ${await firstWrongLine(source)} ` +
        `has a byte that cannot be read`
      : `${source.name} cannot be read as ${encoding}`;
  return new UserError('WRONG_ENCODING', EXIT.badInput, message, {
    hint: 'name the encoding that it has: --encoding windows-1252',
    cause,
  });
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
