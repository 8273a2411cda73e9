import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepareFit } from '../../src/filter/operators/pattern-fit.ts';
import type { PatternPart } from '../../src/sql/pattern.ts';
import { fold } from '../../src/support/fold.ts';
import { FOLD_RUNS } from '../../src/support/fold-table.ts';
import { RAW_TEXTS, TEXTS } from './filter-pools.ts';

/** Few letters, so that patterns meet texts: with halves of pairs, NUL, and what folds. */
const LETTERS = ['a', 'A', 'b', 'É', 'é', 'ß', 'ẞ', 'İ', 'ς', 'Σ', '𐐀', '𐐨', '😀', '\0', '|'];
const HALVES = ['\ud83d', '\ude00', '\ud801', '\udc00'];
const letter = fc.constantFrom(...LETTERS, ...HALVES);
const text = fc.oneof(
  fc.array(letter, { maxLength: 8 }).map((letters) => letters.join('')),
  fc.constantFrom(...RAW_TEXTS),
);
const part: fc.Arbitrary<PatternPart> = fc.oneof(
  fc.constant<PatternPart>({ kind: 'any' }),
  fc.constant<PatternPart>({ kind: 'one' }),
  fc
    .oneof(
      fc.array(letter, { maxLength: 3 }).map((letters) => letters.join('')),
      fc.constantFrom(...TEXTS),
    )
    .map((each): PatternPart => ({ kind: 'text', text: each })),
);
const parts = fc.array(part, { maxLength: 6 });

/** The meaning told letter by letter: the lengths that the parts so far can match, ascending. */
function fitsByLetters(value: string, pattern: readonly PatternPart[]): boolean {
  const letters = Array.from(fold(value.split('\0', 1)[0]!));
  let ends = [0];
  for (const each of pattern.flatMap((one): readonly (string | PatternPart)[] =>
    one.kind === 'text' ? Array.from(fold(one.text)) : [one],
  )) {
    if (typeof each !== 'string' && each.kind === 'any')
      ends =
        ends.length === 0
          ? []
          : letters
              .map((_, at) => at)
              .concat(letters.length)
              .slice(ends[0]);
    else
      ends = ends
        .filter(
          (end) => end < letters.length && (typeof each !== 'string' || letters[end] === each),
        )
        .map((end) => end + 1);
  }
  return ends.includes(letters.length);
}

test('a text fits a pattern exactly where it does letter by letter', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), parts, (texts, pattern) => {
      const fits = prepareFit(pattern);
      expect(texts.map(fits)).toEqual(texts.map((each) => fitsByLetters(each, pattern)));
    }),
    { numRuns: 20_000 },
  );
});

test('so do texts made of the pattern itself', () => {
  const madeOf = parts.chain((pattern) =>
    fc.tuple(
      fc.constant(pattern),
      fc
        .tuple(...pattern.map((each) => (each.kind === 'text' ? fc.constant(each.text) : text)))
        .map((pieces) => pieces.join('')),
    ),
  );
  fc.assert(
    fc.property(madeOf, ([pattern, value]) => {
      expect(prepareFit(pattern)(value)).toBe(fitsByLetters(value, pattern));
    }),
    { numRuns: 20_000 },
  );
});

test('nothing but a text fits', () => {
  const fits = prepareFit([{ kind: 'any' }]);
  expect([null, undefined, 0, ['a']].map(fits)).toEqual([false, false, false, false]);
  expect(fits('')).toBe(true);
});

/** By the table alone, letter by letter. */
function foldByTable(value: string): string {
  return Array.from(value, (each) => {
    if (/^[\u{0}-\u{7f}]$/u.test(each)) return /[A-Z]/.test(each) ? each.toLowerCase() : each;
    const code = each.codePointAt(0)!;
    const run = FOLD_RUNS.find(
      ([first, last, step]) => code >= first && code <= last && (code - first) % step === 0,
    );
    return run === undefined ? each : String.fromCodePoint(code + run[3]);
  }).join('');
}

test('folding goes letter by letter, however long the text is and whatever stands in it', () => {
  const long = fc.tuple(
    fc.string({ unit: 'binary', maxLength: 5 }),
    text,
    fc.constantFrom(0, 1500),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.string({ unit: 'binary' }),
        long.map(([a, b, times]) => a + b.padEnd(times, 'Éa')),
      ),
      (value) => {
        expect(fold(value)).toBe(foldByTable(value));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('every letter of the first plane folds as the table says', () => {
  const all = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));
  expect(all.filter((each) => fold(`é${each}`) !== foldByTable(`é${each}`))).toEqual([]);
});
