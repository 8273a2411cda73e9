import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** One command of the demo: its arguments, and the file that its standard input comes from. */
export interface Step {
  readonly args: readonly string[];
  readonly input?: string;
}

const segmentsFile = z.array(
  z.object({
    alias: z.string(),
    name: z.string(),
    description: z.string(),
    where: z.optional(z.string()),
  }),
);

/**
 * What somebody types on the first day, from the exports of other systems to lists that stay true.
 */
export function demoSteps(fixtures: string): Step[] {
  const segments = segmentsFile.parse(
    JSON.parse(readFileSync(join(fixtures, 'segments.json'), 'utf8')),
  );
  return [
    { args: ['init'] },
    { args: ['fields:create', 'plan', '--type', 'select', '--options', 'free,pro,team'] },
    { args: ['companies:import', 'companies.csv'] },
    {
      args: [
        'contacts:import',
        'contacts.csv',
        '--map',
        'E-mail=email,Prénom=first_name,Plan=plan',
      ],
    },
    { args: ['events:import', 'hits.csv'] },
    { args: ['events:import', 'events.csv'] },
    ...segments.map(({ alias, name, description, where }) => ({
      args: [
        'segments:create',
        name,
        '--alias',
        alias,
        '--description',
        description,
        ...(where === undefined ? [] : ['--where', where]),
      ],
    })),
    {
      args: [
        'contacts:list',
        '--where',
        'tags has any ("newsletter")',
        '--format',
        'ids',
        '-o',
        'subscribers.txt',
      ],
    },
    { args: ['segments:add', 'newsletter', '-'], input: 'subscribers.txt' },
    { args: ['segments:add', 'hot-leads', 'ann@example.org', '--reason', 'met at the fair'] },
    { args: ['segments:update'] },
    { args: ['segments:list'] },
    { args: ['segments:members', 'hot-leads', '--limit', '5'] },
    { args: ['segments:export', 'hot-leads', '-o', 'hot-leads.csv'] },
    { args: ['segments:update'] },
  ];
}

/** The step as one types it into a shell. */
export function commandLine({ args, input }: Step): string {
  return [
    'rollcall',
    ...args.map(quoted),
    ...(input === undefined ? [] : ['<', quoted(input)]),
  ].join(' ');
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return /[\\"$`!]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : `"${word}"`;
}
