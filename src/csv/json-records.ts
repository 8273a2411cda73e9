import { EXIT, UserError } from '../support/errors.ts';

/** The text of one object of a file, and the 1-based line on which it begins. */
export interface JsonText {
  readonly line: number;
  readonly text: string;
}

/** An object of more characters than this is taken for one that never ends. */
const LONGEST_OBJECT = 16_777_216;

/** What may stand before, between and behind objects: in an array, or one object after another. */
const BEFORE_ARRAY = /^\s*\[\s*$/;
const BETWEEN = { array: /^\s*(?:,|\]\s*\[)\s*$/, lines: /^\s*$/ } as const;
const BEHIND = { array: /^\s*\]\s*$/, lines: /^\s*$/, wrapped: /^\s*\]\s*\}\s*$/ } as const;
const NOTHING = { bare: /^\s*(?:\[\s*\]\s*)?$/, wrapped: /^\s*\[\s*\]\s*\}\s*$/ } as const;
const GAP = { bare: /^[\s,[\]]*$/, wrapped: /^[\s,[\]}]*$/ } as const;
const MARKS = /["{}[\]]/g;
const STRING_MARKS = /["\\]/g;

/**
 * Cuts text into the objects of an array, or into objects that follow one another. It only finds
 * where they end, so that no more than one is in memory; what they hold is `readFlatObject`'s.
 */
export class JsonRecords {
  /** Whether the objects stand in an array; false until the first one is found. */
  isArray = false;
  readonly #name: string;
  #text = '';
  /** How far the text has been looked at, and where its first object not cut yet begins. */
  #seen = 0;
  #start = -1;
  /** The end of the object before. */
  #end = 0;
  #depth = 0;
  #inString = false;
  #count = 0;
  #line = 1;

  readonly #form: 'bare' | 'wrapped';

  /**
   * `name` is the file's name, for messages. `isWrapped` says that the array is the last value of an
   * object whose beginning has been passed.
   */
  constructor(name: string, isWrapped = false) {
    this.#name = name;
    this.#form = isWrapped ? 'wrapped' : 'bare';
  }

  /** The objects that this piece completes. `UserError` (65): there is something else. */
  push(piece: string): JsonText[] {
    this.#text = this.#text.slice(this.#end) + piece;
    this.#seen -= this.#end;
    if (this.#start >= 0) this.#start -= this.#end;
    this.#end = 0;
    const found: JsonText[] = [];
    while (this.#step(found));
    if (this.#text.length - this.#end > LONGEST_OBJECT)
      throw this.#wrong('an object begins here that is longer than 16 MiB, or never ends');
    return found;
  }

  /** `UserError` (65): the last object, or the array, is not whole. */
  finish(): void {
    const rest = this.#text.slice(this.#end);
    if (this.#start >= 0) throw this.#wrong('the file ends within an object');
    if (!this.#ending.test(rest)) throw this.#wrong('the file does not end as JSON does');
  }

  /** What may stand behind the last object. */
  get #ending(): RegExp {
    if (this.#count === 0) return NOTHING[this.#form];
    if (this.#form === 'wrapped') return BEHIND.wrapped;
    return this.isArray ? BEHIND.array : BEHIND.lines;
  }

  /** Passes the next character that matters; false if there is none. */
  #step(found: JsonText[]): boolean {
    return this.#inString ? this.#passInString() : this.#passOutside(found);
  }

  #passInString(): boolean {
    const at = this.#find(STRING_MARKS);
    const mark = this.#text.charAt(at);
    this.#seen = at;
    if (mark === '' || (mark === '\\' && at + 1 === this.#text.length)) return false;
    this.#seen += mark === '"' ? 1 : 2;
    this.#inString = mark !== '"';
    return true;
  }

  #passOutside(found: JsonText[]): boolean {
    const at = this.#find(MARKS);
    const mark = this.#text.charAt(at);
    this.#seen = at + mark.length;
    this.#inString = mark === '"';
    if (mark !== '' && mark !== '"') this.#nest(mark, at, found);
    else if (this.#depth === 0) this.#requireGap(this.#seen);
    return mark !== '';
  }

  #find(marks: RegExp): number {
    marks.lastIndex = this.#seen;
    return marks.exec(this.#text)?.index ?? this.#text.length;
  }

  #nest(mark: string, at: number, found: JsonText[]): void {
    if (this.#depth === 0 && mark !== '{') return; // brackets of the array around all objects
    this.#depth += mark === '{' || mark === '[' ? 1 : -1;
    if (this.#depth === 1 && this.#start < 0) this.#open(at);
    if (this.#depth > 0) return;
    const text = this.#text.slice(this.#start, at + 1);
    found.push({ line: this.#line, text });
    this.#line += countBreaks(text);
    this.#end = at + 1;
    this.#start = -1;
    this.#count += 1;
  }

  #open(at: number): void {
    const gap = this.#text.slice(this.#end, at);
    if (this.#count === 0) this.isArray = BEFORE_ARRAY.test(gap);
    const isRight =
      this.#count === 0
        ? this.isArray || BETWEEN.lines.test(gap)
        : BETWEEN[this.isArray ? 'array' : 'lines'].test(gap);
    this.#line += countBreaks(gap);
    if (!isRight) throw this.#wrong('an object is expected here');
    if (!this.isArray && this.#count > 0 && countBreaks(gap) === 0)
      throw this.#wrong('a second object stands on the line of the one before');
    this.#start = at;
  }

  /** What stands outside of objects may be brackets, commas and blanks. */
  #requireGap(end: number): void {
    if (!GAP[this.#form].test(this.#text.slice(this.#end, end)))
      throw this.#wrong('an object is expected here');
  }

  #wrong(why: string): UserError {
    return notJson(this.#name, this.#line, why);
  }
}

export function notJson(name: string, line: number, why: string, cause?: unknown): UserError {
  return new UserError('NOT_JSON', EXIT.badInput, `${name}, line ${line}: ${why}`, {
    hint: 'a JSON file is an array of objects, or has an object on each line',
    cause,
  });
}

function countBreaks(text: string): number {
  return text.match(/\n|\r(?!\n)/g)?.length ?? 0;
}
