import { visibleJson } from './visible.ts';

const PER_PIECE = 1_000;

/** For `JSON.stringify`: JSON has no word for numbers beyond all others, so that those are texts. */
export function infiniteAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/**
 * A value as JSON, piece by piece. Iterables that are no arrays become arrays of their elements
 * without being held in memory as a whole; all else is as `JSON.stringify` has it, but for infinite
 * numbers. `value` is plain data.
 */
export function* jsonText(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) yield plain(value);
  else if (Array.isArray(value)) yield* list(value, jsonText);
  else if (Symbol.iterator in value) yield* pieces(value as Iterable<unknown>);
  else yield* object(value);
}

function plain(value: unknown): string {
  return value === undefined ? 'null' : visibleJson(JSON.stringify(value, infiniteAsText));
}

function* object(value: object): Iterable<string> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  yield '{';
  for (const [index, [key, each]] of entries.entries()) {
    yield `${index === 0 ? '' : ','}${plain(key)}:`;
    yield* jsonText(each);
  }
  yield '}';
}

function* list<T>(values: Iterable<T>, textOf: (value: T) => Iterable<string>): Iterable<string> {
  let before = '[';
  for (const value of values) {
    yield before;
    yield* textOf(value);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** Elements gathered, so that each is not a piece of its own. */
function* pieces(values: Iterable<unknown>): Iterable<string> {
  yield* list(inParts(values), (part) => [part.map(plain).join(',')]);
}

function* inParts(values: Iterable<unknown>): Iterable<unknown[]> {
  let part: unknown[] = [];
  for (const value of values) {
    part.push(value);
    if (part.length < PER_PIECE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
