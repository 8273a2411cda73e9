import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { readingOf } from '../../src/csv/presets/find-preset.ts';
import type { ColumnRule, Preset, PresetForm } from '../../src/csv/presets/preset.ts';
import { PRESETS } from '../../src/csv/presets/presets.ts';

const PAGE = new URL('../../docs/presets.md', import.meta.url).pathname;

const HEAD = `# Files of other systems

\`contacts:import\` knows the files of these systems by their header row and reads each as that
system means it; [csv.md](csv.md#columns) says how. \`--preset NAME\` names the system,
\`--preset none\` reads the file by its names alone. A column that is called like a custom field of
the store is read into that field.

Columns that are in no table are read by their names.

This page is made from \`src/csv/presets/\`: \`UPDATE_DOCS=1 npx vitest run test/docs/presets.test.ts\`.
`;

function told(rule: ColumnRule): string {
  if (rule === null) return 'left out: it says nothing about who must not be reached';
  const { to, separator, words, replace } = readingOf(rule);
  const parts = [
    `\`${to.replaceAll('|', '\\|')}\``,
    ...(separator === undefined ? [] : [`split at \`${separator.trim()}\``]),
    ...Object.entries(words ?? {}).map(([word, status]) => `\`${word}\` is ${status}`),
    ...(replace === undefined ? [] : ['cleaned first']),
  ];
  return parts.join(', ');
}

function formTold({ title, signs, seen, source }: PresetForm): string {
  const columns = signs.map((sign) => `\`${sign}\``).join(', ');
  const where = source === undefined ? '' : ` The header row is that in ${source}.`;
  const told = seen ? where : ' The whole header row could not be seen in a public source.';
  return `- ${title}: found by ${columns}.${told}`;
}

function sectionOf(preset: Preset): string {
  const { title, name, forms, columns, like = [], list = {}, json, notes = [] } = preset;
  const rules = [
    ...Object.entries(columns),
    ...Object.entries(list),
    ...like.map(([pattern, rule]) => [`/${pattern.source}/`, rule] as const),
    ...(json === undefined ? [] : [[json, undefined] as const]),
  ];
  return [
    `## ${title}`,
    `\`--preset ${name}\``,
    forms.map(formTold).join('\n'),
    [
      '| column | is read into |',
      '| --- | --- |',
      ...rules.map(
        ([column, rule]) =>
          `| \`${column.replaceAll('|', '\\|')}\` | ` +
          `${rule === undefined ? 'JSON: the field that a key is called like' : told(rule)} |`,
      ),
    ].join('\n'),
    ...notes,
  ].join('\n\n');
}

test('the page of presets is made from them', async () => {
  const text = [HEAD, ...PRESETS.map(sectionOf)].join('\n\n');
  const page = await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
