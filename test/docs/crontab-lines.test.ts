import { expect, test } from 'vitest';
import { crontabLines } from '../helpers/crontab-lines.ts';

const LINES = crontabLines();

test('the documentation has lines for a crontab', () => {
  expect(LINES.map(({ page }) => page)).toEqual(
    expect.arrayContaining(['README.md', 'docs/cron.md']),
  );
});

// test/e2e/cron.test.ts runs them all, where there is a cron.
test.each(LINES)('$page: $command', ({ command }) => {
  expect(command).toMatch(
    /^PATH=\/usr\/local\/bin:\/usr\/bin:\/bin rollcall \S+ .*--db \/var\/lib\/rollcall\/crm\.db$/,
  );
  expect(command).toMatch(/ -q /);
  expect(command).not.toMatch(/(?<!\\)%/);
});
