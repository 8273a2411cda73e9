import { expect, test } from 'vitest';
import { main } from '../../src/main.ts';
import { filledFolder, STORY, wordsOf } from '../cli/command-story.ts';
import { fakeIo } from '../helpers/streams.js';
import { makeWorld, type Ran } from '../helpers/run.ts';

/** Nobody listens at port 1. */
const SECRET_URL = 'postgres://ann:hush@127.0.0.1:1/crm?schema=sales';
const shownBy = ({ stdout, stderr }: Ran): string => stdout + stderr;

test('a password in --db is refused (2), and not told', () => {
  const ran = makeWorld().run('status', '--db', SECRET_URL);
  expect([ran.status, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toContain('PGPASSFILE');
  expect(ran.stderr).not.toContain('hush');
});

test.each([
  ['status', '-vv'],
  ['contacts:list', '--json'],
  ['segments:update', '-vv'],
  ['segments:list', '-o', 'list.csv'],
  ['doctor', '-vv'],
  ['init', '-vv'],
  ['backup', 'copy.db', '-vv'],
  ['db:migrate', '--json'],
])('a password in ROLLCALL_DB is not told: %s', (...words) => {
  const ran = makeWorld().runWith({ env: { ROLLCALL_DB: SECRET_URL } }, ...words);
  expect([1, 69]).toContain(ran.status);
  expect(shownBy(ran)).toContain('postgres://ann@127.0.0.1:1/crm?schema=sales');
  expect(shownBy(ran)).not.toContain('hush');
});

test('no command tells the password of a store that it cannot reach', async () => {
  const { folder } = filledFolder();
  for (const { line } of STORY) {
    if (line === 'demo') continue; // in a store of its own
    const { io, stdout, stderr } = fakeIo({ env: { ROLLCALL_DB: SECRET_URL, HOME: folder } });
    const exit = await main([...wordsOf(line, folder), '-vv'], io);
    expect({ line, exit }).not.toEqual({ line, exit: 0 });
    expect({ line, shown: stdout() + stderr() }).toEqual({
      line,
      shown: expect.not.stringContaining('hush') as string,
    });
  }
});

test('a URL that cannot be read is not told', () => {
  const env = { ROLLCALL_DB: 'postgres://ann:1/hush@h/crm' };
  const ran = makeWorld().runWith({ env }, 'status', '-vv');
  expect(ran.status).toBe(2);
  expect(shownBy(ran)).not.toContain('hush');
});
