import { EXIT, UserError } from '../support/errors.ts';
import { guard } from './guard.ts';
import { type JsonText, notJson } from './json-records.ts';

/** What stands between objects' strings and matters: numbers, colons and brackets. */
const TOKEN = /"|[:{}[\]]|-?\d[\d.eE+-]*/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const STRING_MARKS = /["\\]/g;

/** What JSON holds once its numbers are texts. */
type JsonValue =
  string | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * The cells of an object, by key. A string is its text; a number is its digits as they stand, for a
 * double would change some; a list of texts is joined with `|` and guarded, for its parts are texts as
 * they stand, and its key added to `lists`; null is an empty cell. `UserError` (65), with line and
 * key: no JSON, a key that stands twice, an object or list within.
 */
export function readFlatObject(
  name: string,
  { text, line }: JsonText,
  lists = new Set<string>(),
): Map<string, string> {
  const { exact, pairs } = withExactNumbers(text);
  const parsed = parse(name, exact, line);
  const keys = Object.keys(parsed);
  if (keys.length < pairs) throw notFlat(name, line, 'a key stands twice in this object');
  return new Map(
    keys.map((key) => {
      requireWhole(key, { name, line, key });
      const value = parsed[key] ?? null;
      if (isList(value)) lists.add(key);
      return [key, cellOf(value, { name, line, key })];
    }),
  );
}

function parse(name: string, text: string, line: number): Record<string, JsonValue> {
  try {
    return JSON.parse(text) as Record<string, JsonValue>;
  } catch (cause) {
    throw notJson(name, line, 'this object is not written as JSON says', cause);
  }
}

/** The text with quotes around its numbers, and how many keys the object itself has. */
function withExactNumbers(text: string): { readonly exact: string; readonly pairs: number } {
  let exact = '';
  let from = 0;
  let depth = 0;
  let pairs = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [mark] = token;
    if (mark === '"') TOKEN.lastIndex = endOfString(text, token.index + 1);
    else if (mark === '{' || mark === '[') depth += 1;
    else if (mark === '}' || mark === ']') depth -= 1;
    else if (mark === ':') pairs += depth === 1 ? 1 : 0;
    else if (NUMBER.test(mark)) {
      exact += `${text.slice(from, token.index)}"${mark}"`;
      from = token.index + mark.length;
    }
  }
  return { exact: exact + text.slice(from), pairs };
}

function endOfString(text: string, start: number): number {
  STRING_MARKS.lastIndex = start;
  for (;;) {
    const mark = STRING_MARKS.exec(text);
    if (mark === null) return text.length;
    if (mark[0] === '"') return mark.index + 1;
    STRING_MARKS.lastIndex = mark.index + 2;
  }
}

interface Place {
  readonly name: string;
  readonly line: number;
  readonly key: string;
}

function cellOf(value: JsonValue, place: Place): string {
  if (value === null) return '';
  if (isList(value)) return guard(value.map((part) => partOf(part, place)).join('|'));
  if (typeof value === 'object') throw within(place, 'an object');
  return requireWhole(String(value), place);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function partOf(value: JsonValue, place: Place): string {
  if (typeof value === 'object') throw within(place, 'a list of more than texts');
  const text = String(value);
  requireWhole(text, place);
  if (text.includes('|')) throw within(place, `a list whose part \`${text}\` has a \`|\``);
  return text;
}

/** JSON can write half of a character (`\\ud83d`), which would be stored as another one. */
function requireWhole(text: string, { name, line, key }: Place): string {
  if (!/[\ud800-\udfff]/u.test(text)) return text;
  throw new UserError(
    'HALF_CHARACTER',
    EXIT.badInput,
    `${name}, line ${line}: \`${key.toWellFormed()}\` has half of a character (a surrogate without the other)`,
    { hint: 'the program that wrote the file cut a text within a character: write it anew' },
  );
}

function within({ name, line, key }: Place, what: string): UserError {
  return notFlat(name, line, `\`${key}\` holds ${what}`);
}

function notFlat(name: string, line: number, what: string): UserError {
  return new UserError('NOT_FLAT', EXIT.badInput, `${name}, line ${line}: ${what}`, {
    hint: 'objects are read whose values are texts, numbers, yes or no, null, or lists of texts',
  });
}
