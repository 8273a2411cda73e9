import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from } from 'pg-copy-streams';

/** A row as COPY takes it: arrays are written by the caller, as `{1,2}`. */
export type CopiedRow = readonly (string | number | null)[];

const CHUNK_CHARACTERS = 65_536;

/**
 * Copies rows into a table, `target` being `pg_temp.stage (line, email)`, no faster than the server
 * takes them; gives how many. All of them are copied, or none.
 */
export async function copyRows(
  client: Client,
  target: string,
  rows: Iterable<CopiedRow> | AsyncIterable<CopiedRow>,
): Promise<number> {
  const stream = client.query(from(`copy ${target} from stdin`));
  await pipeline(Readable.from(chunksOf(rows)), stream);
  return stream.rowCount;
}

/** Copies into several tables, in the transaction that there is: all rows are copied, or none. */
export async function copyTogether(
  client: Client,
  copies: readonly { readonly target: string; readonly rows: readonly CopiedRow[] }[],
): Promise<void> {
  const isAlone = copies.length > 1 && client.getTransactionStatus() === 'I';
  // rule: copied-together
  if (isAlone) await client.query('begin');
  try {
    for (const { target, rows } of copies) await copyRows(client, target, rows);
    if (isAlone) await client.query('commit');
  } catch (error) {
    // a connection that is lost has rolled back by itself
    if (isAlone) await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** To wait for each of the rows that are there already would take as long as all else. */
function chunksOf(
  rows: Iterable<CopiedRow> | AsyncIterable<CopiedRow>,
): Iterable<Buffer> | AsyncIterable<Buffer> {
  return Symbol.iterator in rows ? chunksOfPresent(rows) : chunksOfComing(rows);
}

function* chunksOfPresent(rows: Iterable<CopiedRow>): Generator<Buffer> {
  let text = '';
  for (const row of rows) {
    text += lineOf(row);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

async function* chunksOfComing(rows: AsyncIterable<CopiedRow>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const row of rows) {
    text += lineOf(row);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function lineOf(row: CopiedRow): string {
  return `${row.map(field).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function field(value: string | number | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\t\n\r]/.test(value)
    ? value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
    : value;
}
