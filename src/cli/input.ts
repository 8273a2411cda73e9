import { readFileSync } from 'node:fs';
import { resolveContacts } from '../contact/contact-refs.ts';
import type { ReadTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { counted } from '../support/text.ts';
import type { Context } from './context.ts';
import type { InStream } from './io.ts';

/** A filter as typed, from standard input (`-`), or from a file (`@FILE`). */
export async function filterText(context: Context, given: string): Promise<string> {
  if (given === '-') return readAll(context.stdin);
  return given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given;
}

/** References to contacts as typed, or one a line from standard input (`-`). */
export interface References {
  readonly references: readonly string[];
  readonly fromStdin: boolean;
}

export async function readReferences(context: Context, given: readonly string[]): Promise<References> {
  if (!given.includes('-')) return { references: given, fromStdin: false };
  const lines = (await readAll(context.stdin)).split(/\r\n|\n|\r/).map((line) => line.trim());
  return { references: [...given.filter((reference) => reference !== '-'), ...lines.filter((line) => line !== '')], fromStdin: true };
}

/** How many unknown references are named one by one. */
const NAMED = 10;

/**
 * The contacts that the references mean. Unknown ones among arguments: `UserError` (2), nothing is done; among the lines of standard
 * input they come back as `warnings`, and the command ends with 3.
 */
export async function contactsOf(tx: ReadTx, { references, fromStdin }: References): Promise<{ readonly ids: readonly number[]; readonly unknown: number; readonly warnings: readonly string[] }> {
  const { ids, unknown } = await resolveContacts(tx, references);
  const [first] = unknown;
  if (first === undefined) return { ids, unknown: 0, warnings: [] };
  if (!fromStdin) {
    throw new UserError('UNKNOWN_CONTACT', EXIT.usage, unknown.length === 1 ? `unknown contact ${first}` : `unknown contacts: ${shortened(unknown)}`, {
      hint: 'a contact is an id, an e-mail address, or FIELD=VALUE of a unique field; nothing was done',
    });
  }
  return { ids, unknown: unknown.length, warnings: [`${counted(unknown.length, 'unknown contact')} left out: ${shortened(unknown)}`] };
}

function shortened(references: readonly string[]): string {
  const named = references.slice(0, NAMED).join(', ');
  return references.length > NAMED ? `${named} and ${references.length - NAMED} more` : named;
}

async function readAll(stream: InStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks).toString('utf8').replace(/^\uFEFF/, '');
}
