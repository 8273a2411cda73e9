import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { decode } from './decode.ts';
import { readFlatObject } from './flat-object.ts';
import { JsonRecords, type JsonText } from './json-records.ts';
import { afterCharacters, headOf, withoutTail } from './pieces.ts';
import type { Source } from './source.ts';
import type { JsonNotation, Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/** More columns than this are taken for data in the place of keys. */
const MOST_COLUMNS = 10_000;
const ROWS_AT_ONCE = 500;

/** What stands before the list of records in JSON that this program wrote. */
const ENVELOPE = /^\s*\{\s*"schema"\s*:\s*"rollcall\/[^"]*"\s*,\s*"data"\s*:\s*(?=\[)/;
const LONGEST_ENVELOPE = 1_024;

/**
 * A file of flat objects, in an array or one after another, or as this program writes JSON. Their
 * keys are the columns: the file is read once for them, because a key may come first in the last
 * object.
 */
export class JsonTable implements Table {
  header: readonly string[] = [];
  readonly strayQuotes = 0;
  readonly encoding: string;
  notation: JsonNotation = { kind: 'json', countedBy: 'line' };
  readonly #source: Source;
  readonly #keepBlanks: boolean;
  readonly #columns = new Map<string, number>();

  constructor(source: Source, encoding: string, keepBlanks: boolean) {
    this.#source = source;
    this.encoding = encoding;
    this.#keepBlanks = keepBlanks;
  }

  get name(): string {
    return this.#source.name;
  }

  /** `UserError` (65): the file is no JSON, or its objects are not flat. */
  async readHeader(): Promise<void> {
    for await (const objects of this.#objects())
      for (const object of objects)
        for (const key of readFlatObject(this.name, object).keys()) this.#addColumn(key);
    this.header = [...this.#columns.keys()].map(withoutBlanks);
  }

  async *batches(): AsyncGenerator<readonly CsvRow[]> {
    let count = 0;
    for await (const objects of this.#objects())
      for (let start = 0; start < objects.length; start += ROWS_AT_ONCE) {
        const rows = objects.slice(start, start + ROWS_AT_ONCE).map((object): CsvRow => {
          count += 1;
          const line = this.notation.countedBy === 'object' ? count : object.line;
          return { line, ...this.#cellsOf(object), afterMark: false };
        });
        yield rows.filter(({ cells }) => cells.some((cell) => withoutBlanks(cell) !== ''));
      }
  }

  async *#objects(): AsyncGenerator<readonly JsonText[]> {
    const head = await headOf(decode(this.#source, this.encoding), LONGEST_ENVELOPE);
    const [envelope = ''] = ENVELOPE.exec(head) ?? [];
    const records = new JsonRecords(this.name, envelope !== '');
    const text = withoutTail(decode(this.#source, this.encoding));
    for await (const piece of afterCharacters(text, envelope.length)) {
      yield records.push(piece);
      if (records.isArray) this.notation = { kind: 'json', countedBy: 'object' };
    }
    records.finish();
  }

  #addColumn(key: string): void {
    if (this.#columns.has(key)) return;
    this.#columns.set(key, this.#columns.size);
    if (this.#columns.size <= MOST_COLUMNS) return;
    const message = `the objects of ${this.name} have more than ${MOST_COLUMNS} different keys`;
    throw new UserError('TOO_MANY_COLUMNS', EXIT.badInput, message, {
      hint: 'write values such as addresses as values, not as keys',
    });
  }

  #cellsOf(object: JsonText): Pick<CsvRow, 'cells' | 'lists'> {
    const cells: string[] = [];
    const keys = new Set<string>();
    for (const [key, cell] of readFlatObject(this.name, object, keys)) {
      const position = this.#positionOf(key);
      while (cells.length < position) cells.push('');
      cells[position] = this.#keepBlanks ? cell : withoutBlanks(cell);
    }
    if (keys.size === 0) return { cells };
    return { cells, lists: new Set([...keys].map((key) => this.#positionOf(key))) };
  }

  #positionOf(key: string): number {
    return this.#columns.get(key) ?? 0;
  }
}
