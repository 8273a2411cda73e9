import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;
const DOCS = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = ['README.md', ...DOCS.map((name) => `docs/${name}`)];

export interface CrontabLine {
  readonly page: string;
  /** When it runs: the five fields of a crontab. */
  readonly schedule: string;
  /** What follows, to the end of the line, as cron reads it. */
  readonly command: string;
}

/** Every line for a crontab that the documentation gives, the help's among them; each once. */
export function crontabLines(): CrontabLine[] {
  const lines = PAGES.flatMap((page) =>
    [
      ...readFileSync(join(ROOT, page), 'utf8').matchAll(
        /^ *((?:[\d*][\d*/,-]* +){5})(.*\brollcall\b.*)$/gm,
      ),
    ].map(([, schedule = '', command = '']) => ({ page, schedule: schedule.trim(), command })),
  );
  return lines.filter(
    ({ command }, index) => lines.findIndex((other) => other.command === command) === index,
  );
}
