import * as z from 'zod/mini';
import { isCursor } from '../../segment/cursor.ts';
import { type Option, type Schema, value } from './options.ts';

/**
 * Schemas for values on the command line that several commands take. Messages complete "`--limit x`
 * …".
 */

export const text: Schema<string> = z.string();

export const nonEmptyText: Schema<string> = z
  .string()
  .check(z.trim(), z.minLength(1, 'must not be empty'));

/** A file of which neither standard input nor standard output can take the place. */
export const fileName: Schema<string> = z.string().check(
  z.minLength(1, 'must not be empty'),
  z.refine((name) => name !== '-', 'must be a file'),
);

/** Where to go on in the feed of changes. */
export const cursor: Schema<string> = z
  .string()
  .check(z.refine(isCursor, 'is no cursor: give that of a line of segments:changes, start or end'));

const digits = z.string().check(z.regex(/^\d+$/, 'must be a whole number'));
const withinReach = z
  .number()
  .check(z.maximum(Number.MAX_SAFE_INTEGER, `must be at most ${Number.MAX_SAFE_INTEGER}`));

/** 0, 1, 2, … up to the largest id. */
export const wholeNumber: Schema<number> = z.pipe(z.pipe(digits, z.transform(Number)), withinReach);

/** 1, 2, 3, … */
export const positiveNumber: Schema<number> = z.pipe(
  wholeNumber,
  z.number().check(z.minimum(1, 'must be at least 1')),
);

/** `field=value`; the value may be empty and may hold `=`. */
export const assignment: Schema<{ readonly name: string; readonly value: string }> = z.pipe(
  z.string().check(z.regex(/^[^=]+=/, 'must be written as name=value')),
  z.transform((pair) => ({
    name: pair.slice(0, pair.indexOf('=')).trim(),
    value: pair.slice(pair.indexOf('=') + 1),
  })),
);

/** `a,b,c`; blanks around the parts are dropped, empty parts too. */
export const commaList: Schema<readonly string[]> = z.pipe(
  z.string(),
  z.transform((list) =>
    list
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
);

/** Names with commas between; one with a comma in it stands in double quotes, doubled within it. */
export const nameList: Schema<readonly string[]> = z.pipe(
  z.string(),
  z.transform((list) =>
    [...list.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/g)]
      .map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim())
      .filter((name) => name !== ''),
  ),
);

/** Aliases of fields with commas between, each once: a column that stands twice is read by nobody. */
export const fieldList: Schema<readonly string[]> = z.pipe(
  commaList,
  z.array(z.string()).check(
    z.refine((list) => list.length > 0, 'must not be empty'),
    z.refine(
      (list) => new Set(list.map((alias) => alias.toLowerCase())).size === list.length,
      'must name each field once',
    ),
  ),
);

/** One of these words. */
export function choice<const T extends readonly [string, ...string[]]>(
  words: T,
): Schema<T[number]> {
  return z.enum(words);
}

/** How much of a list: none of it is not asked for. */
export const limitOption: Option<number | undefined> = value(
  '--limit <n>',
  'at most this many rows',
  positiveNumber,
);

/** The options that every list has whose rows have ids. */
export const pageOptions: {
  readonly limit: Option<number | undefined>;
  readonly after: Option<number | undefined>;
} = {
  limit: limitOption,
  after: value('--after <id>', 'only rows that come after this id', wholeNumber),
};
