import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareToMeasure, widthOf } from '../../src/cli/output/width.ts';
import { progressLine } from '../../src/cli/progress.ts';
import { factsOf, labelOf, nameInProgress } from '../../src/cli/views/import-progress.ts';
import type { Progress } from '../../src/csv/import-options.ts';

const reading: Extract<Progress, { readonly kind: 'reading' }> = {
  ...{ kind: 'reading', rows: 1_234_000, rejected: 1_200 },
  ...{ bytes: 43_000_000, totalBytes: 100_000_000, ms: 20_000 },
};

const said = (progress: Progress, width = 77, file = 'exports/contacts.csv'): string =>
  progressLine(labelOf(progress, nameInProgress(file)), factsOf(progress), width);

describe('the progress of an import', () => {
  it.each<[string, Progress]>([
    ['receiving contacts.csv: 12.3 MB', { kind: 'receiving', bytes: 12_345_678 }],
    ['reading contacts…: 43 %, 26s left, 1,234,000 rows, 1,200 rejected, 61,700 rows/s', reading],
    ['storing contacts.csv: 1 row', { kind: 'applying', rows: 1 }],
    ['comparing vip with contacts.csv', { kind: 'mirroring', segment: 'vip' }],
    ['adding to vip: 1,000 contacts', { kind: 'joining', segment: 'vip', contacts: 1_000 }],
  ])('is %s', (text, progress) => expect(said(progress, 80)).toBe(text));

  it('has no time left at the end, none rejected where none is, no share of an empty file', () => {
    expect(factsOf({ ...reading, bytes: 100_000_000, rejected: 0 })).toEqual([
      ...['100 %', '1,234,000 rows', '61,700 rows/s'],
    ]);
    const empty = { ...reading, bytes: 0, totalBytes: 0, rows: 0, rejected: 0, ms: 0 };
    expect(factsOf(empty)).toEqual(['0 rows']);
  });

  it('says less where there is less room, and never half of a fact', () => {
    expect([77, 57, 37, 17, 12, 5].map((width) => said(reading, width))).toEqual([
      'reading conta…: 43 %, 26s left, 1,234,000 rows, 1,200 rejected, 61,700 rows/s',
      'reading contacts.csv: 43 %, 26s left, 1,234,000 rows',
      'reading contacts.csv: 43 %, 26s left',
      '43 %, 26s left',
      '43 %',
      '43 %',
    ]);
  });

  it('keeps within its width, whatever the file is called', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        async (label, facts, width) => {
          await prepareToMeasure([label, ...facts, '…']);
          expect(widthOf(progressLine(label, facts, width))).toBeLessThanOrEqual(width);
        },
      ),
    ));

  it('is standard input’s own', () =>
    expect(said({ kind: 'receiving', bytes: 5 }, 80, '-')).toBe(
      'receiving standard input: 5 bytes',
    ));
});
