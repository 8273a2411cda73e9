import type { Format } from '../output/formats.ts';
import { flag, usage, value } from './options.ts';
import { limitOption, nonEmptyText, pageOptions } from './values.ts';

/** The options of every list whose rows have no ids, given what it can be sorted by. */
export function plainListOptions(columns = 'this column, called as in JSON') {
  return {
    sort: value(
      '--sort <column>',
      `by ${columns}, with desc behind it for the other way; rows without a value come last`,
      nonEmptyText,
    ),
    desc: flag('--desc', 'sort the other way'),
    count: flag('--count', 'only say how many'),
    limit: limitOption,
  } as const;
}

/** The options of every other list. */
export function listOptions(columns?: string) {
  return { ...plainListOptions(columns), ...pageOptions } as const;
}

interface Given {
  readonly sort?: string | undefined;
  readonly desc: boolean;
  readonly count: boolean;
  readonly limit?: number | undefined;
  readonly after?: number | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** `UserError` (2): options of a list that contradict each other, or of which one would do nothing. */
export function requireListSense(
  { sort, desc, count, after, limit, fields }: Given,
  format: Format,
): void {
  if (desc && sort === undefined)
    throw usage('`--desc` says which way `--sort` goes', 'give --sort too');
  if (sort !== undefined && after !== undefined)
    throw usage('`--sort` does not go with `--after`', 'pages are in order of ids: leave it out');
  if (!count) return;
  if (format === 'ids') throw usage('`--count` does not go with --format ids', 'a number is no id');
  const idle = Object.entries({ sort, after, limit, fields }).find(
    ([, given]) => given !== undefined,
  );
  if (idle !== undefined)
    throw usage(`\`--count\` does not go with \`--${idle[0]}\``, 'it counts all of them');
}
