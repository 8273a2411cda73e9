import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { finding, type Finding } from '../../finding.ts';
import type { StoreCheck } from '../../health.ts';
import { shellCommand } from '../../sql/health/trouble.ts';
import { name } from '../../sql/sql-parts.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { undumpCommand } from '../shell-commands.ts';
import { findBrokenIndexes } from './broken-indexes.ts';
import { ownObjects } from './own-objects.ts';

/** Whether the schema has all that rollcall made, and what else it has. */
export function schemaChecks(db: PostgresDatabase): readonly StoreCheck[] {
  return [
    {
      id: 'integrity',
      title: 'indexes can be used, and agree with their tables',
      find: async ({ deep }) => findBrokenIndexes(db, deep),
    },
    {
      id: 'schema',
      title: 'tables, indexes and views are as rollcall makes them',
      find: async () => [...(await findMissing(db)), ...(await findStrays(db))],
    },
    {
      id: 'sequences',
      title: 'no id is given twice',
      find: async () => findSequencesBehind(db),
    },
  ];
}

async function findMissing(db: PostgresDatabase): Promise<Finding[]> {
  const own = ownObjects();
  const classes = new Set(
    await db.pluck<string>(sql`
      select relname from pg_class where relnamespace = current_schema::regnamespace`),
  );
  const functions = new Set(
    await db.pluck<string>(sql`
      select proname from pg_proc where pronamespace = current_schema::regnamespace`),
  );
  const byBackup = `restore the last dump: ${undumpCommand(db.location)}`;
  const missing = (kind: string, names: Iterable<string>, known: ReadonlySet<string>): Finding[] =>
    [...names]
      .filter((each) => !known.has(each))
      .map((each) => finding('error', `the ${kind} ${each} is missing`, { hint: byBackup }));
  return [
    ...missing('table', own.tables.keys(), classes),
    ...missing('view', own.views, classes),
    ...missing('function', own.functions, functions),
    ...[...own.indexes]
      .filter(([index]) => !classes.has(index))
      .map(([index, statement]) =>
        finding('error', `the index ${index} is missing`, { hint: shellCommand(db, statement) }),
      ),
    ...(
      await inTurn(own.tables, async ([table, columns]) =>
        missingColumns(db, table, columns, byBackup),
      )
    ).flat(),
  ];
}

/** Tables whose columns are fields, which have a check of their own. */
const WITH_FIELDS = ['contacts', 'companies'];
const NO_FIELD = 'company_id';

async function missingColumns(
  db: PostgresDatabase,
  table: string,
  columns: readonly string[],
  hint: string,
): Promise<Finding[]> {
  const standing = await db.pluck<string>(sql`
    select attname
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relnamespace = current_schema::regnamespace and relname = ${table}
      and attnum > 0 and not attisdropped`);
  if (standing.length === 0 && columns.length > 0) return []; // the table itself is missing
  return columns
    .filter((column) => !WITH_FIELDS.includes(table) || column === NO_FIELD)
    .filter((column) => !standing.includes(column))
    .map((column) => finding('error', `the column ${table}.${column} is missing`, { hint }));
}

interface Stray {
  readonly kind: 'trigger' | 'rule' | 'view' | 'table';
  readonly name: string;
  readonly table: string;
}

/** A foreign trigger, rule or view can change what is written or hide what is read. */
async function findStrays(db: PostgresDatabase): Promise<Finding[]> {
  const own = ownObjects();
  const standing = await db.all<Stray>(sql`
    select 'trigger' as kind, tgname as name, relname as "table"
    from pg_trigger
    join pg_class on pg_class.oid = tgrelid
    where relnamespace = current_schema::regnamespace and not tgisinternal
      and not starts_with(tgname, 'capture_')
    union all
    select 'rule', rulename, relname
    from pg_rewrite
    join pg_class on pg_class.oid = ev_class
    where relnamespace = current_schema::regnamespace and rulename <> '_RETURN'
    union all
    select case relkind when 'v' then 'view' else 'table' end, relname, relname
    from pg_class
    where relnamespace = current_schema::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
    order by 1, 2`);
  return standing
    .filter(({ name: each, kind }) =>
      kind === 'view' || kind === 'table'
        ? !own.views.includes(each) && !own.tables.has(each)
        : true,
    )
    .map((stray) => describeStray(db, stray));
}

function describeStray(db: PostgresDatabase, { kind, name: stray, table }: Stray): Finding {
  const isMeddling = kind === 'trigger' || kind === 'rule';
  const [on, knowing] = isMeddling
    ? [` on ${table}`, ' if you know what it does to what is written']
    : ['', ''];
  const statement = sql`drop ${sql.raw(kind)} ${name(stray)}${isMeddling ? sql` on ${name(table)}` : sql``}`;
  return finding(
    isMeddling || kind === 'view' ? 'warning' : 'note',
    `the ${kind} ${stray}${on} is not rollcall's`,
    {
      examples: [{ [kind]: stray, table }],
      hint: `leave it${knowing}, or drop it: ${shellCommand(db, statement)}`,
    },
  );
}

interface Counter {
  readonly table: string;
  readonly sequence: string;
  readonly next: number;
}

/** SQL that writes ids itself does not count them. */
async function findSequencesBehind(db: PostgresDatabase): Promise<Finding[]> {
  const counters = await db.all<Counter>(sql`
    select relname as "table", sequencename as sequence, coalesce(last_value + 1, start_value) as next
    from pg_sequences
    join pg_depend on objid = format('%I.%I', schemaname, sequencename)::regclass
      and classid = 'pg_class'::regclass and deptype = 'i'
    join pg_class on pg_class.oid = refobjid
    where schemaname = current_schema
    order by relname`);
  return (
    await inTurn(counters, async ({ table, sequence, next }) => {
      const highest = await db.value<number>(sql`select coalesce(max(id), 0) from ${name(table)}`);
      if (highest < next) return [];
      const reset = sql`select setval('${sql.raw(sequence)}', max(id)) from ${name(table)}`;
      const message = `the next id of ${table} is ${next}, and ids up to ${highest} stand there`;
      return [finding('error', message, { hint: shellCommand(db, reset) })];
    })
  ).flat();
}
