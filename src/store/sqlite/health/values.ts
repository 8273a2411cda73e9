import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { FIELD_TYPES, type FieldRow } from '../../rows.ts';
import type { OddValues } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { TABLES } from '../tables/fields.ts';
import { oddIds } from './ids.ts';
import { seek, shellCommand } from './trouble.ts';
import { oddUniqueValues } from './unique-values.ts';
import { type Doubt, doubtsOfField, literal, noInstant, NOW } from './odd-fields.ts';
import { oddWishes } from './odd-wishes.ts';

/**
 * One pass over each table counts all doubts of it; the rows are looked for only where there are
 * any.
 */
export async function oddValues(
  db: SqliteDatabase,
  fields: readonly FieldRow[],
  deep: boolean,
): Promise<OddValues[]> {
  const columnsOf = async (object: FieldRow['object']): Promise<Set<string>> =>
    new Set(await db.pluck<string>(sql`select name from pragma_table_xinfo(${TABLES[object]})`));
  // a map: what stands in a row that another program wrote may be no object at all
  const columns = new Map<string, Set<string>>([
    ['contact', await columnsOf('contact')],
    ['company', await columnsOf('company')],
  ]);
  const standing = fields.filter(({ object, alias }) => columns.get(object)?.has(alias) === true);
  const doubtsOf = (object: FieldRow['object']): Doubt[] =>
    standing.filter((field) => field.object === object).flatMap(doubtsOfField);
  return [
    ...(await oddIds(db)),
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
  { column: 'occurred_at', problem: 'noInstant', odd: noInstant('occurred_at'), instead: NOW },
  { column: 'value', problem: 'infinite', odd: 'abs(value) = 9e999', instead: 'null' },
];
const PROPERTIES_DOUBT: Doubt = {
  column: 'properties',
  problem: 'noProperties',
  odd: "properties is not null and iif(json_valid(properties), json_type(properties) <> 'object', 1)",
  instead: 'null',
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
    odd: noInstant(column),
    instead: OPTIONAL.includes(column) ? 'null' : NOW,
  }));
}

/**
 * A word that is none of those that the column may hold. A check of the table keeps others out, unless
 * somebody has switched checks off.
 */
function word(column: string, words: readonly string[], instead: string): Doubt {
  return {
    column,
    problem: 'noWord',
    odd: `${column} not in (${words.map(literal).join(', ')})`,
    instead,
  };
}

const NO_OPTIONS =
  "options is not null and iif(json_valid(options), json_type(options) <> 'array', 1)";

/** What rollcall writes alone: the key that tells one row from another, and what may be odd. */
const RECORDS: Readonly<
  Record<string, { readonly key: readonly string[]; readonly doubts: readonly Doubt[] }>
> = {
  fields: {
    key: ['id'],
    doubts: [
      word('object', ['contact', 'company'], "'contact'"),
      word('type', FIELD_TYPES, "'text'"),
      word('origin', ['standard', 'kept', 'custom'], "iif(id < 1000, 'standard', 'custom')"),
      { column: 'options', problem: 'noOptions', odd: NO_OPTIONS, instead: "'[]'" },
    ],
  },
  segments: {
    key: ['id'],
    doubts: [
      word('kind', ['static', 'dynamic'], "iif(filter is null, 'static', 'dynamic')"),
      word('manual', ['allow', 'forbid'], "'allow'"),
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
    doubts: [word('kind', ['in', 'out'], "'out'"), ...instants('pins', 'until', 'created_at')],
  },
  causes: { key: ['id'], doubts: instants('causes', 'at') },
  suppressions: {
    key: ['contact_id', 'channel', 'reason'],
    doubts: instants('suppressions', 'created_at'),
  },
  runs: {
    key: ['id'],
    doubts: [
      word('status', ['running', 'ok', 'partial', 'failed', 'interrupted'], "'interrupted'"),
      ...instants('runs', 'now', 'started_at', 'finished_at'),
    ],
  },
  run_segments: {
    key: ['run_id', 'segment_id'],
    doubts: [
      word('status', ['ok', 'failed', 'held', 'limited', 'not_reached'], "'failed'"),
      word('mode', ['skip', 'delta', 'full'], 'null'),
    ],
  },
};

async function oddIn(
  db: SqliteDatabase,
  table: string,
  doubts: readonly Doubt[],
  key: readonly string[] = ['id'],
): Promise<OddValues[]> {
  if (doubts.length === 0) return [];
  const counts = await db.get<Record<string, number>>(
    sql.raw(`
    select ${doubts.map(({ odd }, index) => `count(*) filter (where ${odd}) as d${index}`).join(', ')}
    from ${table}`),
  );
  return (
    await inTurn(doubts, async ({ column, problem, odd, instead }, index) => {
      if ((counts?.[`d${index}`] ?? 0) === 0) return [];
      const remedy =
        instead === undefined
          ? undefined
          : shellCommand(db, `update ${table} set "${column}" = ${instead} where ${odd}`);
      return [
        {
          table,
          column,
          problem,
          ...(await seek(db, {
            columns: sql.join([...key, column].map(name), sql`, `),
            from: sql.raw(`${table} where ${odd}`),
            remedy,
          })),
        },
      ];
    })
  ).flat();
}
