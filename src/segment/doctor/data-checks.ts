import {
  type DanglingLink,
  type Example,
  finding,
  type Finding,
  type OddValues,
} from '../../store/index.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import { clipped, counted, grouped } from '../../support/text.ts';
import { isZone } from '../../support/time.ts';
import type { Check, Examined } from './check.ts';

/** Checks of the rows of contacts, companies, tags, events and suppressions. */
export const DATA_CHECKS: readonly Check[] = [
  { id: 'links', title: 'every link leads somewhere', find: findDangling },
  {
    id: 'values',
    title: 'dates are dates, unique values are unique, ids and numbers within reach',
    find: findOdd,
  },
  {
    id: 'consent',
    title: 'what stands for an address or another unique value holds for who has it',
    find: findUnheeded,
  },
  { id: 'settings', title: 'the settings can be read', find: findBadSettings },
];

async function findDangling(examined: Examined): Promise<readonly Finding[]> {
  return (await examined.health.links()).flatMap((link) =>
    link.count === 0 ? [] : describeLink(link, examined),
  );
}

function describeLink(
  { table, column, to, count, pending, examples, remedy }: DanglingLink,
  { command }: Examined,
): Finding[] {
  const what = (rows: number, [one, many]: readonly [string, string]): string =>
    rows === 1
      ? `1 row of ${table} ${one} a row of ${to} that does not exist (${column})`
      : `${grouped(rows)} rows of ${table} ${many} rows of ${to} that do not exist (${column})`;
  const itOrThem = pending === 1 ? 'it' : 'them';
  const found: Finding[] = [];
  if (pending > 0)
    found.push(
      finding(
        'note',
        `${what(pending, ['hangs on', 'hang on'])}: the next update takes ${itOrThem} along`,
        {
          count: pending,
          examples,
          hint: command('segments:update'),
        },
      ),
    );
  if (count > pending)
    found.push(
      finding('warning', what(count - pending, ['names', 'name']), {
        count: count - pending,
        examples,
        // what is mended by hand must leave alone what the update takes along as it should
        hint:
          pending > 0 && remedy !== undefined
            ? `${command('segments:update')} && ${remedy}`
            : remedy,
      }),
    );
  return found;
}

async function findUnheeded({ health }: Examined): Promise<readonly Finding[]> {
  return (await health.wishes()).map(({ column, count, examples, remedy }) => {
    const what = `${counted(count, 'suppression')} of ${column === 'email' ? 'addresses' : column}`;
    return finding('error', `${what} ${count === 1 ? 'does' : 'do'} not hold for who has them`, {
      ...{ count, examples, hint: remedy },
    });
  });
}

async function findOdd({ health, deep, command }: Examined): Promise<readonly Finding[]> {
  return (await health.values(deep)).map((odd) => {
    const [example] = odd.examples;
    const byCommand = example === undefined ? undefined : commandFor(odd, example);
    return finding(
      odd.problem === 'badId' || odd.problem === 'noIdLeft' ? 'error' : 'warning',
      describeValues(odd),
      { ...odd, hint: odd.remedy ?? (byCommand === undefined ? undefined : command(byCommand)) },
    );
  });
}

/** What mends one of them; undefined where no command does. */
function commandFor({ table, column, problem }: OddValues, example: Example): string | undefined {
  if (problem === 'noValue')
    return `suppressions:delete ${shellQuoted(String(example['value']))} --key ${column}`;
  return table === 'contacts'
    ? `contacts:edit ${String(example['id'])} --set ${column}=NULL`
    : undefined;
}

function describeValues({ table, column, count, problem }: OddValues): string {
  const what = `${counted(count, 'value')} of ${table}.${column}`;
  const isOrAre = count === 1 ? 'is' : 'are';
  switch (problem) {
    case 'noDay':
      return `${what} ${isOrAre} no day of the calendar`;
    case 'noInstant':
      return `${what} ${isOrAre} no point in time`;
    case 'infinite':
      return `${what} ${isOrAre} infinite`;
    case 'noBoolean':
      return `${what} ${isOrAre} neither 0 nor 1`;
    case 'noList':
      return `${what} ${isOrAre} no list (|a|b|)`;
    case 'noOption':
      return `${what} ${isOrAre} not among the options`;
    case 'noProperties':
      return `${what} ${isOrAre} no JSON object`;
    case 'noWord':
      return `${what} ${isOrAre} no word that rollcall knows`;
    case 'noOptions':
      return `${what} ${isOrAre} no JSON list`;
    case 'twin':
      return `${what} ${isOrAre} the same as another record has, which is to be the only one`;
    case 'padded':
      return `${what} ${count === 1 ? 'has' : 'have'} blanks at the ends`;
    case 'noValue':
      return `${counted(count, 'suppression')} of ${column} ${isOrAre} of what is no value of it`;
    case 'badId':
      return `${what} ${isOrAre} not between 1 and 2^53 - 1: ${whatFails(table)} such a store`;
    case 'noIdLeft':
      return (
        `no id is left for new ${table}: ` +
        `the last that was given is at the end of those within reach`
      );
  }
}

async function findBadSettings({ tx, command }: Examined): Promise<readonly Finding[]> {
  const { timezone, weekStart, keepRunsDays, ...kept } = await tx.settings.stored();
  const found: Finding[] = [];
  if (!isZone(timezone))
    found.push(
      finding('error', `there is no time zone ${clipped(timezone)}`, {
        hint: command('settings:set timezone UTC'),
      }),
    );
  if (!/^(monday|sunday)$/.test(weekStart))
    found.push(
      finding('error', 'week-start is no day that a week starts on: monday counts', {
        hint: command('settings:set week-start monday'),
      }),
    );
  if (!/^[1-9]\d{0,5}$/.test(keepRunsDays))
    found.push(
      finding('error', 'keep-runs is no number of days: no run is forgotten', {
        hint: command('settings:set keep-runs 90'),
      }),
    );
  for (const { name, days, whatIsKept } of [
    { name: 'keep-history', days: kept.keepHistoryDays, whatIsKept: 'all history' },
    { name: 'keep-audit', days: kept.keepAuditDays, whatIsKept: 'all of it' },
  ])
    if (!/^([1-9]\d{0,5}|all)$/.test(days))
      found.push(
        finding('error', `${name} is no number of days: ${whatIsKept} is kept`, {
          hint: command(`settings:set ${name} all`),
        }),
      );
  return found;
}

/**
 * The part of the message that says what does not work while ids of this table are out of range.
 */
function whatFails(table: string): string {
  return table === 'runs' ? 'no segment is updated in' : 'no command works with';
}
