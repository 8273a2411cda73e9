import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fileIdOf } from '../support/file-place.ts';
import { type OutputFile, createOutputFile } from '../support/output-file.ts';
import { exceeds, type MaxRejects } from './max-rejects.ts';
import { type Rejection, type RejectLines, rejectLines } from './reject-lines.ts';
import { ReasonTally, reasonsInWords } from './reason-tally.ts';
import type { Source } from './source.ts';
import type { Notation, Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

const MOST_SAMPLES = 5;

/** A rejected row, for messages. `place` is where it stands in the file: `line 5`, `object 5`. */
export interface RejectSample extends Pick<Rejection, 'column' | 'reason'> {
  readonly line: number;
  readonly place: string;
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
  kind: Notation['kind'],
): Promise<string | undefined> {
  const path = given ?? (source.path === undefined ? undefined : rejectsBeside(source.path, kind));
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

const SUFFIXES = { csv: '.rejects.csv', json: '.rejects.ndjson' } as const;
/** The longest file name of common file systems, in bytes. */
const LONGEST_NAME = 255;

/**
 * `contacts.csv.rejects.csv`. If that name is too long, its beginning and a hash that makes it
 * unique.
 */
export function rejectsBeside(path: string, kind: Notation['kind'] = 'csv'): string {
  const suffix = SUFFIXES[kind];
  const name = basename(path);
  if (Buffer.byteLength(name + suffix) <= LONGEST_NAME) return path + suffix;
  const mark = `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}${suffix}`;
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
 * the line, the column and the reason. A dry run writes nothing.
 */
export class Rejects {
  readonly path: string | undefined;
  readonly reasons = new ReasonTally();
  readonly samples: RejectSample[] = [];
  count = 0;
  /** How many of them say that somebody must not be reached, which holds all the same. */
  spoken = 0;
  readonly #name: string;
  readonly #lines: RejectLines;
  readonly #counted: string;
  readonly #isDry: boolean;
  #file: OutputFile | undefined;

  constructor(path: string | undefined, table: Table, isDry: boolean) {
    this.path = path;
    this.#isDry = isDry;
    this.#name = table.name;
    this.#lines = rejectLines(table);
    const { notation } = table;
    this.#counted = notation.kind === 'json' ? notation.countedBy : 'line';
  }

  async add(row: CsvRow, rejection: Rejection): Promise<void> {
    this.count += 1;
    const where = { line: row.line, place: `${this.#counted} ${row.line}` };
    this.reasons.add(where, rejection.problems);
    const { column, reason } = rejection;
    if (this.samples.length < MOST_SAMPLES) this.samples.push({ ...where, column, reason });
    if (this.path === undefined || this.#isDry) return;
    this.#file ??= await this.#begin(this.path);
    await this.#file.write(this.#lines.lineOf(row, rejection));
  }

  /**
   * `UserError` (65) when there are rows, of which none is good and none says that somebody must
   * not be reached, or more rejects than allowed. The rejected rows are written in any case, to show
   * what to correct; and to learn that they cannot be (74) before anything is stored.
   */
  async requireTolerable(rows: number, limit: MaxRejects | undefined): Promise<void> {
    const none = rows > 0 && this.count === rows && this.spoken === 0;
    // rule: rejects-first
    await this.#file?.flush();
    if (!none && !exceeds(this.count, rows, limit)) return;
    const path = await this.commit();
    const what = none
      ? `no row of ${this.#name} can be imported`
      : `too many rows are rejected: ${this.count} of ${rows}`;
    throw new UserError(
      none ? 'NO_VALID_ROW' : 'TOO_MANY_REJECTS',
      EXIT.badInput,
      `${what}; nothing was changed`,
      {
        detail: reasonsInWords(this.reasons.list),
        hint: path === null ? undefined : this.#toldIn(path),
      },
    );
  }

  /**
   * Puts the file in its place; if nothing was rejected, deletes the file of an earlier import.
   * Returns the path of the file, if there is one; of a dry run, if there would be one.
   */
  async commit(): Promise<string | null> {
    if (this.#isDry) return this.count > 0 ? (this.path ?? null) : null;
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

  #toldIn(path: string): string {
    return this.#isDry
      ? `without --dry-run the rejected rows are written to ${path}, each with its reason`
      : `the rejected rows are in ${path}, each with its reason`;
  }

  async #begin(path: string): Promise<OutputFile> {
    const file = await createOutputFile(path);
    await file.write(this.#lines.head);
    return file;
  }
}

async function removeFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) await rm(path, { force: true });
}
