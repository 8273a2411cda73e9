import { expect, test } from 'vitest';
import { tokenize } from '../../src/filter/parse/tokens.ts';

test('words and numbers of megabytes are read, or refused, as others are', () => {
  for (const text of [
    'x'.repeat(1_000_000),
    'a.'.repeat(1_000_000) + 'a',
    'é-'.repeat(1_000_000) + 'é',
  ]) {
    expect(tokenize(text)).toMatchObject([{ kind: 'word' }, { kind: 'end' }]);
  }
  expect(tokenize('1'.repeat(1_000_000))).toMatchObject([
    { kind: 'mistake', problem: { kind: 'numberTooLarge' } },
  ]);
});
