import { expect, test } from 'vitest';
import { caseVariants, fold } from '../../src/support/fold.ts';
import { FOLD_RUNS } from '../../src/support/fold-table.ts';
import { foldRuns } from './fold-runs.ts';

test.runIf(process.versions.unicode === '17.0')(
  'the table is the simple case folding of Unicode 17',
  () => {
    expect(FOLD_RUNS).toEqual(foldRuns());
  },
);

test.each([
  ['Hello World', 'hello world'],
  ['ÉTÉ', 'été'],
  ['ΣΑΣ σας', 'σασ σασ'],
  ['STRASSE Straße STRAẞE', 'strasse straße straße'],
  ['İI ıi', 'İi ıi'],
  ['\u{212a}elvin ſ', '\u{212a}elvin ſ'],
  ['Ǆ ǅ ǆ', 'ǆ ǆ ǆ'],
  ['𐐀', '𐐨'],
  ['東京 👍', '東京 👍'],
])('%s folds to %s', (text, folded) => {
  expect(fold(text)).toBe(folded);
  expect(fold(folded)).toBe(folded);
});

test.each([
  ['k', ['K', 'k']],
  ['É', ['É', 'é']],
  ['ς', ['Σ', 'ς', 'σ']],
  ['ß', ['ẞ', 'ß']],
  ['東', ['東']],
  ['ſ', ['ſ']],
  ['5', ['5']],
])('%s has the cases %j', (letter, variants) => {
  expect([...caseVariants(letter)].sort()).toEqual([...variants].sort());
});
