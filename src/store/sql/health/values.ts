import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { FIELD_TYPES, type FieldRow } from '../../rows.ts';
import type { OddValues } from '../../health.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import { TABLES } from '../tables/field-columns.ts';
import type { OwnHealth } from './own-health.ts';
import { seek, shellCommand } from './trouble.ts';
import { oddUniqueValues } from './unique-values.ts';
import { type Doubt, doubtsOfField, isInfinite, noInstant, NOTHING, NOW } from './odd-fields.ts';
import { oddWishes } from './odd-wishes.ts';

/**
 * One pass over each table counts all doubts of it; the rows are looked for only where there are
 * any.
 */
export async function oddValues(
  db: SqlDatabase,
  fields: readonly FieldRow[],
  { own, deep }: { readonly own: OwnHealth; readonly deep: boolean },
): Promise<OddValues[]> {
  const columnsOf = async (object: FieldRow['object']): Promise<Set<string>> =>
    new Set((await own.columnsOf(TABLES[object])).map((column) => column.name));
  // a map: what stands in a row that another program wrote may be no object at all
  const columns = new Map<string, Set<string>>([
    ['contact', await columnsOf('contact')],
    ['company', await columnsOf('company')],
  ]);
  const standing = fields.filter(({ object, alias }) => columns.get(object)?.has(alias) === true);
  const doubtsOf = (object: FieldRow['object']): Doubt[] =>
    standing.filter((field) => field.object === object).flatMap(doubtsOfField);
  return [
    ...(await own.oddIds()),
    ...(await oddUniqueValues(db, standing)),
    ...(await oddWishes(db, standing)),
    ...(await oddIn(db, 'contacts', doubtsOf('contact'))),
    ...(await oddIn(db, 'companies', doubtsOf('company'))),
    ...(await oddIn(db, 'events', deep ? [...EVENT_DOUBTS, PROPERTIES_DOUBT] : EVENT_DOUBTS)),
    ...(
      await inTurn(Object.entries(RECORDS), async ([table, { key, doubts }]) =>
        oddIn(db, table, doubts, key),
      )
    ).flat(),
  ];
}

const EVENT_DOUBTS: readonly Doubt[] = [
  { column: 'occurred_at', problem: 'noInstant', odd: noInstant(sql`occurred_at`), instead: NOW },
  { column: 'value', problem: 'infinite', odd: isInfinite(sql`value`), instead: NOTHING },
];
const PROPERTIES_DOUBT: Doubt = {
  column: 'properties',
  problem: 'noProperties',
  odd: spelled(
    sql`properties is not null and iif(json_valid(properties), json_type(properties) <> 'object', 1)`,
    sql`jsonb_typeof(properties) <> 'object'`,
  ),
  instead: NOTHING,
};

const MEMBERSHIP_KEY = ['segment_id', 'contact_id'];
/** Instants that may be missing. */
const OPTIONAL = [
  'built_at',
  'moved_at',
  'converted_at',
  'convert_planned_at',
  'until',
  'finished_at',
];

function instants(...[, ...columns]: readonly [table: string, ...columns: string[]]): Doubt[] {
  return columns.map((column) => ({
    column,
    problem: 'noInstant',
    odd: noInstant(name(column)),
    instead: OPTIONAL.includes(column) ? NOTHING : NOW,
  }));
}

/**
 * A word that is none of those that the column may hold. A check of the table keeps others out, unless
 * somebody has switched checks off.
 */
function word(column: string, words: readonly string[], instead: SQL): Doubt {
  const known = sql.join(
    words.map((each) => sql`${each}`),
    sql`, `,
  );
  return { column, problem: 'noWord', odd: sql`${name(column)} not in (${known})`, instead };
}

/** PostgreSQL 15 cannot ask whether a text is JSON: what does not look like a list is none. */
const NO_OPTIONS = spelled(
  sql`options is not null and iif(json_valid(options), json_type(options) <> 'array', 1)`,
  sql`options !~ '^\\s*\\[.*\\]\\s*$'`,
);

/** What rollcall writes alone: the key that tells one row from another, and what may be odd. */
const RECORDS: Readonly<
  Record<string, { readonly key: readonly string[]; readonly doubts: readonly Doubt[] }>
> = {
  fields: {
    key: ['id'],
    doubts: [
      word('object', ['contact', 'company'], sql`'contact'`),
      word('type', FIELD_TYPES, sql`'text'`),
      word(
        'origin',
        ['standard', 'kept', 'custom'],
        sql`case when id < 1000 then 'standard' else 'custom' end`,
      ),
      { column: 'options', problem: 'noOptions', odd: NO_OPTIONS, instead: sql`'[]'` },
    ],
  },
  segments: {
    key: ['id'],
    doubts: [
      word(
        'kind',
        ['static', 'dynamic'],
        sql`case when filter is null then 'static' else 'dynamic' end`,
      ),
      word('manual', ['allow', 'forbid'], sql`'allow'`),
      ...instants(
        'segments',
        'created_at',
        'updated_at',
        'built_at',
        'moved_at',
        'converted_at',
        'convert_planned_at',
      ),
    ],
  },
  pins: {
    key: MEMBERSHIP_KEY,
    doubts: [word('kind', ['in', 'out'], sql`'out'`), ...instants('pins', 'until', 'created_at')],
  },
  causes: { key: ['id'], doubts: instants('causes', 'at') },
  suppressions: {
    key: ['contact_id', 'channel', 'reason'],
    doubts: instants('suppressions', 'created_at'),
  },
  runs: {
    key: ['id'],
    doubts: [
      word('status', ['running', 'ok', 'partial', 'failed', 'interrupted'], sql`'interrupted'`),
      ...instants('runs', 'now', 'started_at', 'finished_at'),
    ],
  },
  run_segments: {
    key: ['run_id', 'segment_id'],
    doubts: [
      word('status', ['ok', 'failed', 'held', 'limited', 'not_reached'], sql`'failed'`),
      word('mode', ['skip', 'delta', 'full'], NOTHING),
    ],
  },
};

async function oddIn(
  db: SqlDatabase,
  table: string,
  doubts: readonly Doubt[],
  key: readonly string[] = ['id'],
): Promise<OddValues[]> {
  if (doubts.length === 0) return [];
  const counts = await db.get<Record<string, number>>(
    sql`select ${sql.join(
      doubts.map(({ odd }, index) => sql`count(*) filter (where ${odd}) as ${name(`d${index}`)}`),
      sql`, `,
    )} from ${name(table)}`,
  );
  return (
    await inTurn(doubts, async ({ column, problem, odd, instead }, index) => {
      if ((counts?.[`d${index}`] ?? 0) === 0) return [];
      const remedy =
        instead === undefined
          ? undefined
          : shellCommand(
              db,
              sql`update ${sql.raw(table)} set ${name(column)} = ${instead} where ${odd}`,
            );
      return [
        {
          table,
          column,
          problem,
          ...(await seek(db, {
            columns: sql.join([...key, column].map(name), sql`, `),
            from: sql`${name(table)} where ${odd}`,
            remedy,
          })),
        },
      ];
    })
  ).flat();
}
