import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiLabel } from '../../src/support/punycode.ts';

test.each([
  ['bücher', 'xn--bcher-kva'],
  ['münchen-ost', 'xn--mnchen-ost-9db'],
  ['ü', 'xn--tda'],
  ['他们为什么不说中文', 'xn--ihqwcrb4cv8a8dqg056pqjye'],
  ['ليهمابتكلموشعربي؟', 'xn--egbpdaj6bu4bxfgehfvwxn'],
  ['plain', 'plain'],
  ['', ''],
])('%s in ASCII is %s', (label, ascii) => {
  expect(asciiLabel(label)).toBe(ascii);
});

test('labels of small letters are what the URL standard makes of them', () => {
  const letters = fc.constantFrom(...Array.from('az09-éüñøłбджя中文字日本語αβγ한국어'));
  const labels = fc
    .array(letters, { minLength: 1, maxLength: 15 })
    .map((parts) => `a${parts.join('')}b`.normalize('NFC'));
  fc.assert(
    fc.property(labels, (label) => {
      expect(asciiLabel(label)).toBe(domainToASCII(label));
    }),
    { numRuns: 1_000 },
  );
});
