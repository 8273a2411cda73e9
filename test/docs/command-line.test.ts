import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandsPage } from '../../docs/generate.js';
import { COMMANDS } from '../../src/cli/registry.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

test('docs/command-line.md is what the help says: else run `node docs/generate.js`', async () => {
  expect(page).toBe(await commandsPage());
});

test.each(Object.keys(COMMANDS))(
  '%s stands in docs/command-line.md with an example and its exit codes',
  (name) => {
    const [, part = ''] = page.split(`\n### ${name}\n`);
    const [own = ''] = part.split('\n### ');
    expect(own).toContain(`rollcall ${name}`);
    expect(own).toMatch(/^Examples:$/m);
    expect(own).toMatch(/^\[Exit codes\]\(exit-codes\.md\): 0, /m);
  },
);
