import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleJson } from '../../src/cli/output/visible.ts';

describe('visible', () => {
  it.each([
    ['plain text', 'plain text'],
    ['Zoë Müller 山田太郎', 'Zoë Müller 山田太郎'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\u009b31m', '\\x9b31m'],
    ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
    ['\u0000\u007f', '\\x00\\x7f'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066x\u2069\u200e\u061c', '\\u2066x\\u2069\\u200e\\u061c'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['soft\u00adhyphen', 'soft\\xadhyphen'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83d pair', 'half \\ud83d pair'],
    ['line\u2028paragraph\u2029', 'line\\u2028paragraph\\u2029'],
    ['👩‍👩‍👧 and 👍🏽', '👩‍👩‍👧 and 👍🏽'],
    ['a\u200db', 'a\\u200db'],
  ])('shows %j as %j', (text, shown) => expect(visible(text)).toBe(shown));

  it('leaves nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(visible(text)),
      ),
    );
  });
});

describe('visibleJson', () => {
  it('is the same value in other characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = visibleJson(JSON.stringify(text));
        expect(JSON.parse(json)).toBe(text);
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
