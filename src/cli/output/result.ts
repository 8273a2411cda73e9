import type { ExitCode } from '../../support/errors.ts';
import type { WriteInstant } from '../../support/local-instant.ts';

/** A value as commands hand it out. Instants are epoch milliseconds. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | readonly (string | number | null)[]
  | { readonly [key: string]: unknown };

/**
 * `number` stands as it is (an id), `count` gets thousands separators for people; of a list in
 * `lines` each part has its own; an `object` is JSON for programs.
 */
export type CellKind =
  'text' | 'number' | 'count' | 'boolean' | 'instant' | 'list' | 'lines' | 'object';

/**
 * What becomes of a column where a terminal is too narrow: a `key` is what one types back, it is
 * never cut and never left out; `wrap` goes on in further lines, and so does `words`, of which no
 * word is broken; `whole` is left out or stands as it is; `cut` loses its end.
 */
export type Fit = 'key' | 'wrap' | 'words' | 'whole' | 'cut';

/**
 * What a column is worth where a terminal is too narrow: `spare` ones are left out first. What is
 * `needed` is what people came for: before it is left out, each row becomes a block of lines. What was
 * `chosen` by name stays even where there is nothing in it.
 */
export type Importance = 'spare' | 'usual' | 'needed' | 'chosen';

export interface ColumnHead {
  /** The key in JSON and the header in CSV, snake_case. */
  readonly key: string;
  readonly kind: CellKind;
  /** What people see above it: see `headingOf`. */
  readonly header: string;
  /** False: left out of the table for people, there for programs. */
  readonly inTable: boolean;
  readonly fit: Fit;
  readonly importance: Importance;
  /** What its marks mean: said below the table where the column is in it. */
  readonly legend?: string;
}

export interface Column<Row> {
  readonly key: string;
  readonly kind?: CellKind;
  /** Left out: the words of the key. */
  readonly header?: string;
  readonly inTable?: boolean;
  /**
   * Left out: `key` for ids, aliases and e-mail addresses, `cut` for other text and what is told as
   * text, else `whole`.
   */
  readonly fit?: Fit;
  /** `usual` when left out. */
  readonly importance?: Importance;
  readonly legend?: string;
  readonly of: (row: Row) => Cell;
}

export interface Line {
  readonly cells: readonly Cell[];
  readonly id: string | number;
}

/** A file that is put beside the output when all of that is written. */
export interface FileBeside {
  readonly path: string;
  /** What it holds, given the bytes of the output and their SHA-256. */
  readonly text: (written: Written) => string;
}

export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

interface Outcome {
  /** The exit code; 0 when left out. */
  readonly exit?: ExitCode;
  /** What went wrong without stopping the command; on stderr, even with --quiet. */
  readonly warnings?: readonly string[];
  /** What else there is to know; on stderr, for people only and not with --quiet. */
  readonly notes?: readonly string[];
  readonly beside?: FileBeside | undefined;
}

/** Many things of one shape. */
export interface RowsResult extends Outcome {
  readonly kind: 'rows';
  readonly columns: readonly ColumnHead[];
  readonly lines: AsyncIterable<Line> | Iterable<Line>;
  /** A line under the table for people, given the number of rows: `12 segments`. */
  readonly footer: ((count: number) => string) | undefined;
  /** What people read when there is nothing, best with what to do next. */
  readonly empty: string;
  /** How programs get instants; in UTC when left out. */
  readonly instant?: WriteInstant;
  /** What a JSON document says behind the rows, asked for when all of them are written. */
  readonly closing?: () => Readonly<Record<string, string>>;
}

/** One thing, shown whole. */
export interface RecordResult extends Outcome {
  readonly kind: 'record';
  readonly columns: readonly ColumnHead[];
  readonly line: Line;
  readonly parts?: readonly Parts[];
}

/**
 * What a thing consists of: under it in the table, under `key` in JSON; the formats that know only
 * rows give the first of them alone.
 */
export interface Parts {
  readonly key: string;
  readonly list: RowsResult;
}

/**
 * What was done: lines for people, `data` for programs (snake_case keys, instants as RFC 3339 text;
 * an iterable is written element by element).
 */
export interface MessageResult extends Outcome {
  readonly kind: 'message';
  readonly text: string | readonly string[];
  /** The text is what was asked for, not news of what was done: --quiet leaves it. */
  readonly isAnswer?: boolean;
  /** Its lines are to be copied, into a shell say: a terminal does not break them between words. */
  readonly isVerbatim?: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  /** A table for people under the text; several stand apart by empty lines. */
  readonly details?: RowsResult | readonly RowsResult[];
}

/** Text in its final form: an export, a script, a help page. Written as it is in every format. */
export interface RawResult extends Outcome {
  readonly kind: 'raw';
  readonly chunks: AsyncIterable<string> | Iterable<string>;
  /** Somebody watches: each chunk is shown as it comes. */
  readonly isLive?: boolean;
  /** How many rows it has, asked for when all of it is written. */
  readonly rows?: () => number;
}

export type CommandResult = RowsResult | RecordResult | MessageResult | RawResult;

/** A list: `id` is what `--format ids` prints for a row. */
export function rows<Row>(list: {
  readonly rows: AsyncIterable<Row> | Iterable<Row>;
  readonly columns: readonly Column<Row>[];
  readonly id: (row: Row) => string | number;
  readonly empty: string;
  readonly footer?: (count: number) => string;
  readonly exit?: ExitCode;
  readonly warnings?: readonly string[];
  readonly notes?: readonly string[];
}): RowsResult {
  const toLine = (row: Row): Line => ({
    cells: list.columns.map((column) => column.of(row)),
    id: list.id(row),
  });
  return {
    kind: 'rows',
    columns: list.columns.map(headOf),
    lines: mapped(list.rows, toLine),
    footer: list.footer,
    empty: list.empty,
    ...outcomeOf(list),
  };
}

/** One thing, with the same columns as its list or more. */
export function record<Row>(thing: {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly id: (row: Row) => string | number;
  readonly parts?: readonly Parts[];
  readonly exit?: ExitCode;
  readonly warnings?: readonly string[];
}): RecordResult {
  const line = {
    cells: thing.columns.map((column) => column.of(thing.row)),
    id: thing.id(thing.row),
  };
  return {
    kind: 'record',
    columns: thing.columns.map(headOf),
    line,
    ...(thing.parts === undefined ? {} : { parts: thing.parts }),
    ...outcomeOf(thing),
  };
}

/** What a record is called by on the command line goes by these names in every list. */
const KEYS = new Set(['id', 'alias', 'email', 'row', 'contact_id', 'segment_id', 'run_id']);

function headOf<Row>(column: Column<Row>): ColumnHead {
  const { key, kind = 'text', inTable = true, importance = 'usual', legend } = column;
  const fit = column.fit ?? (KEYS.has(key) ? 'key' : usualFit(kind));
  const header = column.header ?? headingOf(key);
  const head = { key, kind, header, inTable, fit, importance };
  return legend === undefined ? head : { ...head, legend };
}

/** A column is called as its key is: `pin_until` → `pin until`, `built_at` → `built`. */
function headingOf(key: string): string {
  return key.replace(/_(?:at|id)$/, '').replaceAll('_', ' ');
}

const MAY_BE_CUT: ReadonlySet<CellKind> = new Set(['text', 'list', 'lines', 'object']);

function usualFit(kind: CellKind): Fit {
  return MAY_BE_CUT.has(kind) ? 'cut' : 'whole';
}

function outcomeOf({ exit, warnings, notes }: Outcome): Outcome {
  return {
    ...(exit === undefined ? {} : { exit }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(notes === undefined ? {} : { notes }),
  };
}

function mapped<Row>(
  list: AsyncIterable<Row> | Iterable<Row>,
  toLine: (row: Row) => Line,
): AsyncIterable<Line> | Iterable<Line> {
  return Symbol.iterator in list ? mapEach(list, toLine) : mapEachLater(list, toLine);
}

function* mapEach<Row>(list: Iterable<Row>, toLine: (row: Row) => Line): Iterable<Line> {
  for (const row of list) yield toLine(row);
}

async function* mapEachLater<Row>(
  list: AsyncIterable<Row>,
  toLine: (row: Row) => Line,
): AsyncIterable<Line> {
  for await (const row of list) yield toLine(row);
}
