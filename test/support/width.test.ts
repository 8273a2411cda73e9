import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachGrapheme, splitGraphemes } from '../../src/support/width.ts';

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

test('graphemes are those of the whole text, wherever it is divided to find them', () => {
  const family = '👩‍👩‍👧';
  const unit = fc.constantFrom(
    'a',
    'é',
    'e\u{301}',
    '東',
    family,
    '🇫🇷',
    '👍🏽',
    '\u{301}'.repeat(300),
    'क्षि',
    '\ud83d',
    'x'.repeat(200),
  );
  const whole = new Intl.Segmenter('en', { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 200 }), (units) => {
      const text = units.join('');
      const expected = Array.from(whole.segment(text), ({ segment, index }) => ({
        text: segment,
        start: index,
      }));
      expect([...eachGrapheme(text)]).toEqual(expected);
    }),
  );
});
