import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT_MEANINGS, SIGNAL_MEANINGS } from '../../src/cli/exit-codes.ts';

test('docs/exit-codes.md has every exit code, each once, in order', () => {
  const page = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');
  const codes = [...page.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, cell = '']) =>
    cell.split(', ').map(Number),
  );
  expect(codes).toEqual(
    [...Object.keys(EXIT_MEANINGS), ...Object.keys(SIGNAL_MEANINGS)].map(Number),
  );
});
