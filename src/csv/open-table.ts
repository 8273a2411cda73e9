import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { decode, encodingOf } from './decode.ts';
import {
  type CellRules,
  countColumns,
  delimiterOfSepLine,
  likeliestDelimiter,
  parseDelimiter,
  parseEscape,
} from './dialect.ts';
import { JsonTable } from './json-table.ts';
import { JoinedHeaders } from './joined.ts';
import { afterLines, headOf, withoutTail } from './pieces.ts';
import type { CellFormat } from './record-reader.ts';
import type { Source } from './source.ts';
import type { CsvNotation, Table, TableOptions } from './table.ts';
import { type CsvRow, Tokenizer } from './tokenizer.ts';

const HEAD_CHARACTERS = 65_536;

/**
 * Opens a file of rows, CSV or JSON. `UserError`: it has no header, or cannot be decoded (65), an
 * unknown encoding or delimiter (2).
 */
export async function openTable(source: Source, options: TableOptions): Promise<Table> {
  const given = options.delimiter === undefined ? undefined : parseDelimiter(options.delimiter);
  const rules: CellRules = {
    strict: options.quotes === 'strict',
    escape: options.escape === undefined ? '' : parseEscape(options.escape),
    keepBlanks: options.keepBlanks === true,
  };
  const encoding = await encodingOf(source, options.encoding);
  if (await isJson(source, encoding, options.inputFormat)) {
    const table = new JsonTable(source, encoding, rules.keepBlanks);
    await table.readHeader();
    return table;
  }
  const dialect = await dialectOf(source, encoding, rules, given, options.headerLine);
  const table = new CsvTable(source, encoding, dialect, options);
  await table.readHeader();
  return table;
}

/** A quote, a bracket or nothing follows the first bracket; no header of a CSV file begins so. */
const JSON_BEGINS = /^\s*(?:\{\s*["}]|\[\s*[{\]])/;
const JSON_NAME = /\.(?:json|ndjson|jsonl)(?:\.gz)?$/i;

/** Whether the file holds JSON objects: by the option, its first characters, or its name. */
async function isJson(
  source: Source,
  encoding: string,
  given: TableOptions['inputFormat'],
): Promise<boolean> {
  if (given !== undefined) return given !== 'csv';
  if (JSON_NAME.test(source.name)) return true;
  return JSON_BEGINS.test(await readHead(decode(source, encoding)));
}

interface Dialect extends CellFormat {
  /** [what the first characters or the file's name say] */
  readonly inputFormat?: 'csv' | 'ndjson' | 'json' | undefined;
  /** The 1-based line on which the table begins. */
  readonly firstLine: number;
}

/**
 * The delimiter is what the option says, else what a `sep=` line says, else what splits the first
 * records best. `UserError` (65): the `sep=` line is wrong; (2): the escape is the delimiter.
 */
async function dialectOf(
  source: Source,
  encoding: string,
  rules: CellRules,
  given: string | undefined,
  givenLine: number | undefined,
): Promise<Dialect> {
  const told = delimiterOfSepLine(await readHead(decode(source, encoding)));
  const firstLine = givenLine ?? (told === undefined ? 1 : 2);
  const head = await readHead(linesFrom(source, encoding, firstLine));
  const likeliest = likeliestDelimiter(head, rules);
  const delimiter = given ?? told ?? likeliest.delimiter;
  if (delimiter === rules.escape) throw escapeIsDelimiter(delimiter);
  const format = { ...rules, delimiter };
  if (given === undefined && told !== undefined && likeliest.columns > 1)
    if (countColumns(head, format) === 1)
      throw wrongSepLine(source.name, told, likeliest.delimiter, firstLine);
  return { ...format, firstLine };
}

function escapeIsDelimiter(delimiter: string): UserError {
  const message = `\`${delimiter}\` cannot be both the escape character and the delimiter`;
  return new UserError('BAD_ESCAPE', EXIT.usage, message, {
    hint: 'name the right delimiter with --delimiter',
  });
}

function wrongSepLine(name: string, told: string, right: string, firstLine: number): UserError {
  const typed = right === '\t' ? 'tab' : `'${right}'`;
  return new UserError(
    'WRONG_SEP_LINE',
    EXIT.badInput,
    `${name}, line 1: sep=${told} is wrong, the cells from line ${firstLine} on are not ` +
      `separated by it`,
    { hint: `say what separates them: --delimiter ${typed}` },
  );
}

function linesFrom(source: Source, encoding: string, line: number): AsyncGenerator<string> {
  return afterLines(withoutTail(decode(source, encoding)), line - 1);
}

async function readHead(pieces: AsyncIterable<string>): Promise<string> {
  return headOf(pieces, HEAD_CHARACTERS);
}

class CsvTable implements Table {
  header: readonly string[] = [];
  headerLine = 1;
  strayQuotes = 0;
  readonly #source: Source;
  readonly encoding: string;
  readonly notation: CsvNotation;
  readonly #dialect: Dialect;
  readonly #shortWay: boolean;

  constructor(source: Source, encoding: string, dialect: Dialect, options: TableOptions) {
    this.#source = source;
    this.encoding = encoding;
    this.#dialect = dialect;
    const { delimiter, escape } = dialect;
    this.notation = { kind: 'csv', delimiter, escape, headerLine: options.headerLine ?? 1 };
    this.#shortWay = options.shortWay ?? true;
  }

  get name(): string {
    return this.#source.name;
  }

  /** `UserError` (65): there is none. */
  async readHeader(): Promise<void> {
    for await (const [first] of this.#records()) {
      if (first === undefined) continue;
      this.header = first.cells.map(withoutBlanks);
      this.headerLine = first.line;
      return;
    }
    throw emptyFile(this.name, this.notation.headerLine);
  }

  async *batches(): AsyncGenerator<readonly CsvRow[]> {
    let headers: JoinedHeaders | undefined;
    for await (const rows of this.#records()) {
      const content: CsvRow[] = [];
      for (const row of rows) {
        const arranged = headers?.arrange(row);
        headers ??= new JoinedHeaders(this.name, row);
        if (arranged !== undefined) content.push(arranged);
      }
      if (content.length > 0) yield content;
    }
  }

  /** Every row that is not empty. */
  async *#records(): AsyncGenerator<CsvRow[]> {
    const { firstLine, ...format } = this.#dialect;
    const options = { ...format, line: firstLine, shortWay: this.#shortWay };
    const tokenizer = new Tokenizer(options, this.name);
    for await (const piece of linesFrom(this.#source, this.encoding, firstLine))
      yield tokenizer.push(piece).filter(hasContent);
    yield tokenizer.end().filter(hasContent);
    this.strayQuotes = tokenizer.strayQuotes;
  }
}

/** Blanks, NULs and Ctrl-Z are no content. */
function hasContent(row: CsvRow): boolean {
  return row.cells.some((cell) => cell !== '' && !/^[\s\0\u001a]*$/.test(cell));
}

function emptyFile(name: string, headerLine: number): UserError {
  return headerLine === 1
    ? new UserError('EMPTY_FILE', EXIT.badInput, `${name} is empty`, {
        hint: 'its first line must name the columns',
      })
    : new UserError('EMPTY_FILE', EXIT.badInput, `${name} has nothing from line ${headerLine} on`, {
        hint: '--header-line names the line with the names of the columns',
      });
}
