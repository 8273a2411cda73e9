#!/usr/bin/env node
/**
 * Writes docs/command-line.md from the program's own help: `node docs/generate.js`, after a build.
 * With `--check` it writes nothing, and exits with 1 if the page differs from the help.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const PAGE = new URL('command-line.md', import.meta.url);
const { makeLoader } = createRequire(import.meta.url)('../bin/code-cache.js');
const { main } = makeLoader(fileURLToPath(new URL('../dist', import.meta.url))).load('./main.cjs');

/**
 * The output of the built program, run in this process: a process for each command would take most
 * of a second each.
 * @param {...string} words
 */
async function help(...words) {
  const [stdout, stderr] = [memory(), memory()];
  const code = await main(['help', ...words], {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: {},
  });
  if (code !== 0)
    throw new Error(`rollcall help ${words.join(' ')} ended with ${code}: ${stderr.text}`);
  return stdout.text;
}

/** A stream that keeps what is written, in `text`. */
function memory() {
  const stream = Object.assign(new Writable(), { text: '' });
  stream._write = (chunk, _encoding, done) => done(void (stream.text += chunk));
  return stream;
}

/**
 * The part of a help text that begins with this heading, up to the next blank line.
 * @param {string} text
 * @param {string} heading
 */
function section(text, heading) {
  const [, found = ''] =
    new RegExp(`^${heading}\\n([\\s\\S]*?)(?:\\n\\n|\\n?$(?![\\s\\S]))`, 'm').exec(text) ?? [];
  return found;
}

/** @param {string} overview */
function titlesOf(overview) {
  return [...overview.matchAll(/^(\w+):\n((?: {2}.+\n)+)/gm)].map(([, title = '', lines = '']) => ({
    title,
    commands: [...lines.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name),
  }));
}

/** @param {{ title: string, commands: string[] }} title */
async function titlePart({ title, commands }) {
  const parts = [];
  for (const name of commands) parts.push(await commandPart(name));
  return `## ${title}\n\n${parts.join('\n')}`;
}

/**
 * A command's help without the global options and with only the numbers of its exit codes: both are
 * explained elsewhere.
 * @param {string} name
 */
async function commandPart(name) {
  const text = await help(name);
  const exits = section(text, 'Exit codes:');
  const codes = [...exits.matchAll(/^ *(\d+) {2}/gm)].map(([, code]) => code).join(', ');
  const body = text
    .replace(`Global options:\n${section(text, 'Global options:')}\n\n`, '')
    .replace(`Exit codes:\n${exits}`, '');
  return `### ${name}\n\n\`\`\`\n${body.trimEnd()}\n\`\`\`\n\n[Exit codes](exit-codes.md): ${codes}.\n`;
}

/** The forms in which an instant can be written, and what each means. */
const WRITTEN_TIMES = [
  ['`2026-03-01`', "the first instant of that day in the store's zone"],
  [
    "`'2026-03-01 11:00'`, `2026-03-01T11:00:05`",
    "that time in the store's zone; where clocks are set back and it comes twice, the first",
  ],
  [
    "`'2026-03-01 11:00 +02:00'`, `2026-03-01T10:00Z`",
    'that time where clocks are so far from UTC',
  ],
  [
    "`yesterday`, `'today - 3 days'`, `'start of month'`",
    'dates as [filters](filter-language.md) write them: the first instant of the day',
  ],
  ["`'10 minutes ago'`, `'now - 10 minutes'`", 'so long before now, or before `--now`'],
];

/**
 * The whole page.
 * @returns {Promise<string>}
 */
export async function commandsPage() {
  const titles = [];
  for (const title of titlesOf(await help())) titles.push(await titlePart(title));
  return `# Commands

<!-- Written by docs/generate.js from the program's help; do not edit. -->

\`rollcall COMMAND --help\` shows what stands here. Data goes to stdout, everything else to stderr;
exit 0 means that all of it was done ([exit-codes.md](exit-codes.md)). A contact is named by its id,
its e-mail address, or \`field=value\` of a unique field; \`-\` reads such names from stdin, one a
line. A segment is named by its alias or its id. A filter is text
([filter-language.md](filter-language.md)); \`-\` reads it from stdin, \`@FILE\` from a file.

## Global options

Every command takes these, before or after its name.

\`\`\`
${section(await help('init'), 'Global options:')}
\`\`\`

Without \`--db\` the store is the one that \`ROLLCALL_DB\` names, else
\`$XDG_DATA_HOME/rollcall/rollcall.db\`, else \`~/.local/share/rollcall/rollcall.db\`. A missing
store is an error; \`rollcall init\` makes one.

## Lists

Every list takes \`--limit\`, and where its rows have ids \`--after ID\`, for the rows behind it;
\`--format ids\` gives the ids alone, or names where there are none. \`--count\` only says how many
there are. \`--sort COLUMN\` sorts by a column, called as in JSON (\`points\`; \`started\` will do for
\`started_at\`), contacts and companies by any field; \`--desc\`, or \`desc\` behind the name, turns it
round. Rows without a value come last either way, equals are in order of their ids, and text is in
that of its characters' codes. A sorted list is ordered first and then read page by page, so that
\`--after\` does not go with it.

## Times

People see times in the store's zone with its offset, \`2026-03-01T11:00:00+01:00\` (without it
where a table has little room), and in tables with their age under \`-v\`; milliseconds where there are any. JSON, CSV and TSV have UTC,
\`2026-03-01T10:00:00Z\`. Every option that takes an instant reads both, and:

| written | means |
|---|---|
${WRITTEN_TIMES.map(([written, means]) => `| ${written} | ${means} |`).join('\n')}

## On a terminal

Tables fit the terminal, unless a single value that is never cut is too wide for it. Where there is
no room, columns in which there is nothing go first, and
instants are written without milliseconds, then without their offset. What one types back (ids,
aliases, e-mail addresses, values of unique fields) is never cut, reasons go on in further lines,
other text is cut at \`…\`, and where that is not enough columns are left out, those first that say
least, and named below the table: by their headings, or as \`--fields\` takes them where a command
has that. A heading has the words of the column's name in JSON, without \`_at\` and \`_id\` at its
end. Before a column goes that people come for, or that \`--fields\` chose, instants take two lines;
where that is not enough, or what one types back has no room side by side, and with \`-v\` wherever a
table does not fit whole, each row becomes a block of lines, without what is empty and was not
chosen. Messages are broken between words, but not within \`backticks\`; command lines in them name
the store as the command did that says them, and can be pasted. What a terminal would obey is
shown as an escape, \`\\x1b\`, in CSV and TSV too. A line that turns while work goes on is shown on
a terminal of 10 columns or more, unless \`TERM=dumb\`, or \`CI\` is set. Off a terminal nothing is
cut, broken, left out or escaped, but for tables, which are for people.

${titles.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = await commandsPage();
  if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, 'utf8') !== page) {
    process.stderr.write('docs/command-line.md is stale: run `node docs/generate.js`\n');
    process.exitCode = 1;
  }
}
