import { expect, test } from 'vitest';
import { splitGraphemes } from '../../src/support/width.ts';

test.each([
  ['abc', [1, 1, 1]],
  ['東京', [2, 2]],
  ['e\u{301}x', [1, 1]],
  ['👩‍👩‍👧', [2]],
  ['🇫🇷!', [2, 1]],
  ['ｱ', [1]],
  ['Ａ', [2]],
  ['\u{200b}', [0]],
])('%s takes %j columns', (text, widths) => {
  expect(splitGraphemes(text).map(({ width }) => width)).toEqual(widths);
});
