import { EXIT, UserError } from '../../support/errors.ts';
import * as z from 'zod/mini';
import { type Option, type ValuesOf, flag, usage, value, valueOr } from './options.ts';
import { COLOUR_CHOICES } from '../output/colour.ts';
import { FORMATS, type Format } from '../output/formats.ts';
import { nonEmptyText } from './values.ts';

const counted: Option<number> = {
  flags: ['-v, --verbose'],
  description: 'say more; -vv and -vvv say yet more',
  read: (given) => given.length,
};

/** The options that every command takes, before or after its name. */
export const GLOBAL_OPTIONS = {
  db: value(
    '--db <store>',
    'a file or a postgres:// URL (else ROLLCALL_DB, else the default place)',
    nonEmptyText,
  ),
  format: value('--format <format>', FORMATS.join(', '), z.enum(FORMATS)),
  json: flag('--json', 'short for --format json'),
  output: value('-o, --output <file>', 'write to this file; - is standard output', nonEmptyText),
  quiet: flag('-q, --quiet', 'only the data that was asked for, warnings and errors'),
  verbosity: counted,
  noInteraction: flag('-n, --no-interaction', 'never ask'),
  yes: flag('-y, --yes', 'go on without asking'),
  colour: valueOr('--color <when>', 'auto, always or never', z.enum(COLOUR_CHOICES), 'auto'),
  now: value(
    '--now <instant>',
    "act as if it were this instant, in the store's zone without an offset: 2026-03-01T10:00, " +
      "yesterday, '10 minutes ago'",
    nonEmptyText,
  ),
} as const;

export type GlobalOptions = Omit<ValuesOf<typeof GLOBAL_OPTIONS>, 'format' | 'json'> & {
  readonly format: Format | undefined;
};

/** `--format` and `--json` are one option: both, or either twice, are refused. */
export function mergeFormat(given: {
  readonly format: readonly string[];
  readonly json: readonly string[];
}): Format | undefined {
  if (given.format.length + given.json.length > 1)
    throw usage('the format is given twice', 'give --format or --json once');
  return given.json.length > 0 ? 'json' : GLOBAL_OPTIONS.format.read(given.format);
}

/** Refuses a format that a command's result has no shape for, before anything is done. */
export function checkFormat(command: string, format: Format, possible: readonly Format[]): void {
  if (possible.includes(format)) return;
  throw new UserError('USAGE', EXIT.usage, `\`${command}\` has no ${format} format`, {
    hint: `it knows ${possible.join(', ')}`,
  });
}
