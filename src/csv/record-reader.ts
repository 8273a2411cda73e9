import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';

/** How the text of a record is cut into cells. */
export interface CellFormat {
  readonly delimiter: string;
  /** Refuse all that RFC 4180 refuses. */
  readonly strict: boolean;
  /** The character that changes what the next one means; empty for none. */
  readonly escape: string;
  /** Leave the blanks around cells where they are. */
  readonly keepBlanks: boolean;
}

/** A piece of text, and where in it a record begins. */
export interface RecordPlace {
  readonly text: string;
  readonly start: number;
  /** The 1-based line of the file. */
  readonly line: number;
  /** Whether the file ends with this text. */
  readonly isLast: boolean;
}

export interface FoundRecord {
  readonly cells: string[];
  /** The position in the text behind the record and its line break. */
  readonly end: number;
}

/** Why a record has no meaning, or two. */
export const BROKEN = {
  open: 'a quote is opened and never closed',
  behind: 'text follows the quote that closes a cell',
  inside: 'a quote stands inside a cell without quotes',
  long: 'a record begins that is longer than 16 MiB, or never ends',
} as const;

/** What MySQL writes behind a backslash. Any other character there is itself. */
const ESCAPED: Readonly<Record<string, string>> = {
  0: '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001a',
  N: '\\N', // no text, but what clears a value
};

/**
 * Cuts records that may hold anything: quotes, escapes, line breaks in cells.
 *
 * A cell is quoted if a quote is the first of its characters that is no blank. It ends at the next
 * quote that is not doubled, and only blanks may follow. In other cells quotes are text; such cells
 * are counted, because many of them mean that the file was written without care.
 */
export class RecordReader {
  /** How many cells without quotes around them held a quote. */
  strayQuotes = 0;
  readonly #format: CellFormat;
  readonly #name: string;
  readonly #blanks: RegExp;
  readonly #endOfBare: RegExp;
  readonly #endOfQuoted: RegExp;
  #place: RecordPlace = { text: '', start: 0, line: 1, isLast: true };
  #position = 0;
  #strayHere = 0;

  /** `name` is the file's name, for messages. */
  constructor(format: CellFormat, name: string) {
    const delimiter = inClass(format.delimiter);
    const escape = inClass(format.escape);
    this.#format = format;
    this.#name = name;
    this.#blanks = new RegExp(`[^\\S\\r\\n${delimiter}]*`, 'y');
    this.#endOfBare = new RegExp(`[\\r\\n${delimiter}${escape}]`, 'g');
    this.#endOfQuoted = new RegExp(`["${escape}]`, 'g');
  }

  /**
   * Reads one record; undefined if its end is not in this text. `UserError` (65), with the line of
   * the record, if it has no meaning or two.
   */
  read(place: RecordPlace): FoundRecord | undefined {
    this.#place = place;
    this.#position = place.start;
    this.#strayHere = 0;
    const cells: string[] = [];
    for (let next = this.#format.delimiter; next === this.#format.delimiter;) {
      const cell = this.#readCell();
      if (cell === undefined) return undefined;
      cells.push(this.#format.keepBlanks ? cell : withoutBlanks(cell));
      next = place.text.charAt(this.#position);
      if (next === this.#format.delimiter) this.#position += 1;
    }
    if (!this.#passLineBreak()) return undefined;
    this.strayQuotes += this.#strayHere;
    return { cells, end: this.#position };
  }

  #readCell(): string | undefined {
    const start = this.#position;
    if (!this.#format.strict) this.#passBlanks();
    if (this.#place.text[this.#position] === '"') {
      this.#position += 1;
      return this.#readQuoted();
    }
    this.#position = start;
    return this.#readBare();
  }

  #readBare(): string | undefined {
    let value = '';
    let hasQuote = false;
    for (;;) {
      const part = this.#takeUntil(this.#endOfBare);
      value += part;
      hasQuote ||= part.includes('"');
      if (!this.#passEscape()) break;
      const character = this.#takeEscaped();
      if (character === undefined) return undefined;
      value += character;
    }
    if (hasQuote && this.#format.strict) throw this.broken('inside', this.#place);
    if (hasQuote) this.#strayHere += 1;
    return this.#mayGoOn() ? undefined : value;
  }

  #readQuoted(): string | undefined {
    let value = '';
    for (;;) {
      value += this.#takeUntil(this.#endOfQuoted);
      if (this.#mayGoOn()) return undefined;
      if (this.#passEscape()) {
        const character = this.#takeEscaped();
        if (character === undefined) return undefined;
        value += character;
      } else if (this.#passClosingQuote()) break;
      else value += '"';
    }
    return this.#passRestOfQuoted() ? value : undefined;
  }

  /** Passes a quote, or both of a doubled one. Whether it closes the cell. */
  #passClosingQuote(): boolean {
    const { text } = this.#place;
    if (this.#position === text.length) throw this.broken('open', this.#place);
    const isDoubled = text[this.#position + 1] === '"';
    this.#position += isDoubled ? 2 : 1;
    return !isDoubled;
  }

  /** Passes blanks behind a closing quote; false if what follows is not in this text. */
  #passRestOfQuoted(): boolean {
    if (!this.#format.strict) this.#passBlanks();
    if (this.#mayGoOn()) return false;
    const next = this.#place.text.charAt(this.#position);
    if (!['', '\n', '\r', this.#format.delimiter].includes(next))
      throw this.broken('behind', this.#place);
    return true;
  }

  #passBlanks(): void {
    this.#blanks.lastIndex = this.#position;
    this.#blanks.test(this.#place.text);
    this.#position = this.#blanks.lastIndex;
  }

  /** Passes an escape character; false if none is here. */
  #passEscape(): boolean {
    const { escape } = this.#format;
    if (escape === '' || this.#place.text[this.#position] !== escape) return false;
    this.#position += 1;
    return true;
  }

  /** What the character behind an escape means; undefined if it is not in this text. */
  #takeEscaped(): string | undefined {
    const { text, isLast } = this.#place;
    const rest = text.slice(this.#position, this.#position + 2);
    if (!isLast && (rest === '' || rest === '\r')) return undefined;
    const taken = rest === '\r\n' ? rest : rest.charAt(0);
    this.#position += taken.length;
    if (taken === '') return this.#format.escape;
    return this.#format.escape === '\\' ? (ESCAPED[taken] ?? taken) : taken;
  }

  #takeUntil(end: RegExp): string {
    const { text } = this.#place;
    const start = this.#position;
    end.lastIndex = start;
    this.#position = end.test(text) ? end.lastIndex - 1 : text.length;
    return text.slice(start, this.#position);
  }

  /** Passes the line break behind a record; false if its end is not in this text. */
  #passLineBreak(): boolean {
    const { text, isLast } = this.#place;
    const rest = text.slice(this.#position, this.#position + 2);
    if (rest === '\r' && !isLast) return false;
    this.#position += rest === '\r\n' ? 2 : Math.min(1, rest.length);
    return true;
  }

  /** Whether the text ends here and the file does not. */
  #mayGoOn(): boolean {
    return !this.#place.isLast && this.#position === this.#place.text.length;
  }

  /** The refusal of a record. */
  broken(why: keyof typeof BROKEN, { text, start, line }: RecordPlace): UserError {
    const record = text.slice(start, this.#position);
    const hint =
      this.#format.escape === '' && record.includes('\\"')
        ? `if its \\" stands for a quote, add --escape '\\'`
        : 'a cell with quotes in it stands in quotes, and each quote inside is doubled: ' +
          '"5"" disk"';
    return new UserError(
      'BROKEN_QUOTE',
      EXIT.badInput,
      `${this.#name}, line ${line}: ${BROKEN[why]}`,
      { hint },
    );
  }
}

/** The character, or none, as a part of a class in a regular expression. */
export function inClass(character: string): string {
  return character.replace(/[\\\]^-]/, '\\$&');
}
