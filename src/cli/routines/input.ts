import { closeSync, openSync, readSync } from 'node:fs';
import { getContacts, inShort, resolveContacts } from '../../contact/contact-refs.ts';
import type { FilterText } from '../../filter/index.ts';
import type { ReadTx } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { isSystemError } from '../../support/system-error.ts';
import { counted } from '../../support/text.ts';
import type { Context } from '../context.ts';
import type { InStream } from '../io.ts';

/**
 * A filter as typed, from standard input (`-`), or from a file (`@FILE`); messages name where it
 * stands.
 */
export async function filterText(context: Context, given: string): Promise<FilterText> {
  if (given === '-') return { text: withoutMark(await readAll(context.stdin())), source: 'stdin' };
  if (!given.startsWith('@')) return given;
  const source = given.slice(1);
  context.requireNotOutput(source, `the file ${source} that it reads`);
  return { text: withoutMark(readWhole(source, 'a filter, or - for standard input')), source };
}

/** `UserError` (66): a folder, of which the system names no file, or a file that is too long. */
export function readWhole(file: string, what: string): string {
  try {
    return readBounded(file, what);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EISDIR') throw error;
    const hint = `name a file that holds ${what}`;
    throw new UserError('NO_INPUT', EXIT.noInput, `${file} is a folder, not a file`, {
      hint,
      cause: error,
    });
  }
}

/** What is longer is no text that somebody wrote: a device that never ends, say. */
const MOST_BYTES = 16_777_216;
const PIECE_BYTES = 65_536;

function readBounded(file: string, what: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let bytes = 0; bytes <= MOST_BYTES;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const read = readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(piece.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(descriptor);
  }
  throw new UserError('NO_INPUT', EXIT.noInput, `${file} is longer than 16 MiB, or never ends`, {
    hint: `name a file that holds ${what}`,
  });
}

/** Editors on Windows begin a file with a byte order mark. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

/** References to contacts as typed, or one a line from standard input (`-`). */
export interface References {
  readonly references: readonly string[];
  readonly fromStdin: boolean;
}

export async function readReferences(
  context: Context,
  given: readonly string[],
): Promise<References> {
  if (!given.includes('-')) return { references: given, fromStdin: false };
  const lines = (await readAll(context.stdin())).split(/\r\n|\n|\r/).map((line) => line.trim());
  return {
    references: [
      ...given.filter((reference) => reference !== '-'),
      ...lines.filter((line) => line !== ''),
    ],
    fromStdin: true,
  };
}

/**
 * The contacts that the references mean. Unknown ones among arguments: `UserError` (2), nothing is
 * done; among the lines of standard input they come back as `warnings`, and the command ends with
 * 3.
 */
export async function contactsOf(
  tx: ReadTx,
  { references, fromStdin }: References,
): Promise<{
  readonly ids: readonly number[];
  readonly unknown: number;
  readonly warnings: readonly string[];
}> {
  if (!fromStdin) return { ids: await getContacts(tx, references), unknown: 0, warnings: [] };
  const { ids, unknown } = await resolveContacts(tx, references);
  const warnings =
    unknown.length === 0
      ? []
      : [`${counted(unknown.length, 'unknown contact')} left out: ${inShort(unknown)}`];
  return { ids, unknown: unknown.length, warnings };
}

async function readAll(stream: InStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
