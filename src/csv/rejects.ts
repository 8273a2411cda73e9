import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fileIdOf } from '../support/file-place.ts';
import { type OutputFile, createOutputFile } from '../support/output-file.ts';
import { exceeds, type MaxRejects } from './max-rejects.ts';
import { linesWriter } from './line.ts';
import type { Source } from './source.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

const REJECT_COLUMNS = ['_line', '_column', '_reason'] as const;
const MOST_SAMPLES = 5;

/**
 * Whether a column was added by an import that rejected its row. It is ignored, so that a corrected
 * rejects file can be imported as it is.
 */
export function isRejectColumn(column: string): boolean {
  return (REJECT_COLUMNS as readonly string[]).includes(column.toLowerCase());
}

/** Why a row is not imported; `column` is empty if no single column is the cause. */
export interface Rejection {
  readonly column: string;
  readonly reason: string;
}

/** A rejected row, for messages. */
export interface RejectSample extends Rejection {
  readonly line: number;
}

/**
 * The file for rejected rows: that of the option, else beside the input; undefined for an input
 * that is no file. `UserError` (2): it is the input under another name, or belongs to the store;
 * (73): there is a pipe or a device at the default place.
 */
export async function rejectsPath(
  source: Source,
  given: string | undefined,
  store: Store,
): Promise<string | undefined> {
  const path = given ?? (source.path === undefined ? undefined : rejectsBeside(source.path));
  if (path === undefined) return undefined;
  const what = given === undefined ? 'the file of rejected rows' : '--rejects';
  if (source.id !== undefined && fileIdOf(path) === source.id) {
    const hint = given === undefined ? 'name another file with --rejects' : 'name another file';
    throw new UserError('SAME_FILE', EXIT.usage, `${what} ${path} is the input, ${source.name}`, {
      hint,
    });
  }
  await store.requireOtherFile(path, what);
  if (given === undefined) requireOrdinary(path);
  return path;
}

/**
 * Refuses a pipe or device at the default place. The user did not name it, so nobody reads such a
 * pipe, and writing to it would wait for ever. `UserError` (73).
 */
function requireOrdinary(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw new UserError('NO_OUTPUT', EXIT.noOutput, `${path}, where rejected rows go, is no file`, {
    hint: 'move it away, or name another file with --rejects',
  });
}

const SUFFIX = '.rejects.csv';
/** The longest file name of common file systems, in bytes. */
const LONGEST_NAME = 255;

/**
 * `contacts.csv.rejects.csv`. If that name is too long, its beginning and a hash that makes it
 * unique.
 */
export function rejectsBeside(path: string): string {
  const name = basename(path);
  if (Buffer.byteLength(name + SUFFIX) <= LONGEST_NAME) return path + SUFFIX;
  const mark = `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}${SUFFIX}`;
  const beginning = firstBytes(name, LONGEST_NAME - mark.length);
  return path.slice(0, path.length - name.length) + beginning + mark;
}

/** The beginning of the text, in whole characters, that has at most this many bytes. */
function firstBytes(text: string, most: number): string {
  let length = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/**
 * Counts the rows that an import rejects, and writes them if there is a path: the original cells,
 * the line, the column and the reason.
 */
export class Rejects {
  readonly path: string | undefined;
  readonly samples: RejectSample[] = [];
  count = 0;
  readonly #name: string;
  readonly #header: readonly string[];
  readonly #positions: readonly number[];
  readonly #toLines: (records: readonly (readonly string[])[]) => string;
  readonly #mark: string;
  #file: OutputFile | undefined;

  constructor(path: string | undefined, { name, header, derived = 0, delimiter, encoding }: Table) {
    this.path = path;
    this.#name = name;
    this.#header = header;
    this.#positions = header.flatMap((column, position) =>
      isRejectColumn(column) || position >= header.length - derived ? [] : [position],
    );
    this.#toLines = linesWriter({ delimiter, lineEnd: '\n' });
    // if the file is imported with the same options, the mark says that it is UTF-8
    this.#mark = encoding === 'utf-8' ? '' : '\ufeff';
  }

  async add(row: CsvRow, { column, reason }: Rejection): Promise<void> {
    this.count += 1;
    if (this.samples.length < MOST_SAMPLES) this.samples.push({ line: row.line, column, reason });
    if (this.path === undefined) return;
    this.#file ??= await this.#begin(this.path);
    // surplus cells come last, so that the others stay in their columns
    const surplus = row.cells.slice(this.#header.length);
    await this.#file.write(
      this.#toLines([
        [...this.#originals(row.cells), String(row.line), column, reason, ...surplus],
      ]),
    );
  }

  /**
   * `UserError` (65) when none of the `rows` is good or there are more rejects than allowed. The
   * rejected rows are written in any case, to show what to correct.
   */
  async requireTolerable(rows: number, limit: MaxRejects | undefined): Promise<void> {
    if (rows === 0)
      throw new UserError('NO_ROWS', EXIT.badInput, `${this.#name} has a header and no rows`);
    const none = this.count === rows;
    if (!none && !exceeds(this.count, rows, limit)) return;
    const path = await this.commit();
    const what = none
      ? `no row of ${this.#name} can be imported`
      : `too many rows are rejected: ${this.count} of ${rows}`;
    const first = this.samples.map(({ line, reason }) => `line ${line}: ${reason}`);
    throw new UserError(
      none ? 'NO_VALID_ROW' : 'TOO_MANY_REJECTS',
      EXIT.badInput,
      `${what}; nothing was changed`,
      {
        detail: first,
        hint: path === null ? undefined : `the rejected rows are in ${path}, each with its reason`,
      },
    );
  }

  /**
   * Puts the file in its place; if nothing was rejected, deletes the file of an earlier import.
   * Returns the path of the file, if there is one.
   */
  async commit(): Promise<string | null> {
    if (this.#file === undefined) {
      if (this.path !== undefined) await removeFile(this.path);
      return null;
    }
    await this.#file.commit();
    return this.path ?? null;
  }

  /** Drops this import's file and keeps an earlier one; may be called after `commit`. */
  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  async #begin(path: string): Promise<OutputFile> {
    const file = await createOutputFile(path);
    await file.write(
      this.#mark + this.#toLines([[...this.#originals(this.#header), ...REJECT_COLUMNS]]),
    );
    return file;
  }

  #originals(cells: readonly string[]): string[] {
    return this.#positions.map((position) => cells[position] ?? '');
  }
}

async function removeFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) await rm(path, { force: true });
}
