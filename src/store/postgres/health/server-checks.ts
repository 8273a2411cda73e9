import { sql } from 'drizzle-orm';
import { counted } from '../../../support/text.ts';
import { finding, type Finding } from '../../finding.ts';
import type { StoreCheck } from '../../health.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { isRunLocked } from '../connection/lock.ts';
import { isSocket } from '../connection/place.ts';
import { nameOf, plainPsqlCommand } from '../shell-commands.ts';

/** The newest major version that rollcall was tried with. */
const NEWEST_TRIED = 18;
/** Transactions are numbered in 32 bits; the server stops at 2^31 old ones. */
const MANY_OLD_TRANSACTIONS = 1_500_000_000;
/** Below this, dead rows are no burden whatever their share. */
const MANY_DEAD_ROWS = 50_000;

/** What stands around the store: its server, the connection, rights, upkeep. */
export function serverChecks(db: PostgresDatabase): readonly StoreCheck[] {
  return [
    {
      id: 'server',
      title: 'the server keeps what it was given, and is one that rollcall knows',
      find: async () => findServer(db),
    },
    { id: 'tls', title: 'nobody on the way can listen', find: async () => findPlain(db) },
    {
      id: 'permissions',
      title: 'nobody but who was let in can read the store',
      find: async () => findPublic(db),
    },
    {
      id: 'writable',
      title: 'this role owns the store and all that is in it',
      find: async () => findForeignOwners(db),
    },
    { id: 'dead-rows', title: 'vacuum keeps up', find: async () => findDeadRows(db) },
    {
      id: 'old-transactions',
      title: 'the numbers of transactions are far from their end',
      find: async () => findOldTransactions(db),
    },
    { id: 'lock', title: 'no run is at work', find: async () => findRun(db) },
  ];
}

async function findServer(db: PostgresDatabase): Promise<readonly Finding[]> {
  const [version, fsync, pages] = await db.row<number | string>(sql`
    select
      current_setting('server_version_num')::int / 10000, current_setting('fsync'),
      current_setting('full_page_writes')`);
  const found: Finding[] = [];
  if (Number(version) > NEWEST_TRIED)
    found.push(
      finding(
        'note',
        `the server is PostgreSQL ${version}, newer than any this rollcall was tried with`,
        {
          hint: 'look for a newer rollcall',
        },
      ),
    );
  for (const [setting, value] of [
    ['fsync', fsync],
    ['full_page_writes', pages],
  ] as const)
    if (value === 'off')
      found.push(
        finding('warning', `the server has ${setting} off: a power failure may destroy the store`, {
          hint: `switch it on in postgresql.conf: ${setting} = on`,
        }),
      );
  return found;
}

async function findPlain(db: PostgresDatabase): Promise<readonly Finding[]> {
  const { host, tls } = db.session.place;
  if (isSocket(host) || tls === 'verify-full') return [];
  const isLocal = await db.value<number>(sql`
    select coalesce(inet_client_addr() = inet_server_addr(), true)`);
  if (isLocal === 1) return [];
  return tls === 'disable'
    ? [
        finding('warning', `the connection to ${host} is not encrypted`, {
          hint: 'leave sslmode out of the URL, or say sslmode=verify-full',
        }),
      ]
    : [
        finding('note', `${host} need not prove who it is (sslmode=${tls})`, {
          hint: 'say sslmode=verify-full, and where the certificate of its authority is: sslrootcert',
        }),
      ];
}

async function findPublic(db: PostgresDatabase): Promise<readonly Finding[]> {
  const tables = await db.pluck<string>(sql`
    select relname
    from pg_class
    where relnamespace = current_schema::regnamespace and relkind in ('r', 'v')
      and has_schema_privilege('public', relnamespace, 'usage')
      and (has_table_privilege('public', oid, 'select') or has_table_privilege('public', oid, 'update'))
    order by relname`);
  if (tables.length === 0) return [];
  const { location, schema } = db.session.place;
  const message = `every role of the server may read ${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', …' : ''}`;
  return [
    finding('warning', message, {
      count: tables.length,
      hint: plainPsqlCommand(
        location,
        `revoke all on all tables in schema ${nameOf(schema)} from public`,
      ),
    }),
  ];
}

async function findForeignOwners(db: PostgresDatabase): Promise<readonly Finding[]> {
  const objects = await db.all<{ name: string; owner: string }>(sql`
    select nspname as name, pg_get_userbyid(nspowner) as owner
    from pg_namespace
    where oid = current_schema::regnamespace and not pg_has_role(nspowner, 'usage')
    union all
    select relname, pg_get_userbyid(relowner)
    from pg_class
    where relnamespace = current_schema::regnamespace and relkind in ('r', 'v', 'S')
      and not pg_has_role(relowner, 'usage')
    order by 1`);
  const [first] = objects;
  if (first === undefined) return [];
  const message = `${counted(objects.length, 'object')} of the store belong to another role (${first.name}, of ${first.owner}): this one cannot change or update all of it`;
  return [
    finding('warning', message, {
      count: objects.length,
      examples: objects.slice(0, 3),
      hint: `run rollcall as ${first.owner}, or let it give the role its rights: grant ${first.owner} to ${db.session.place.user}`,
    }),
  ];
}

async function findDeadRows(db: PostgresDatabase): Promise<readonly Finding[]> {
  const tables = await db.all<{ table: string; dead: number; live: number }>(sql`
    select relname as "table", n_dead_tup as dead, n_live_tup as live
    from pg_stat_user_tables
    where schemaname = current_schema and n_dead_tup > ${MANY_DEAD_ROWS} and n_dead_tup > n_live_tup
    order by relname`);
  const { location, schema } = db.session.place;
  return tables.map(({ table, dead, live }) => {
    const message = `${table} has ${counted(dead, 'dead row')} beside ${counted(live, 'row')}: autovacuum does not keep up`;
    const vacuum = `vacuum (analyze) ${nameOf(schema)}.${table}`;
    return finding('warning', message, { hint: plainPsqlCommand(location, vacuum) });
  });
}

async function findOldTransactions(db: PostgresDatabase): Promise<readonly Finding[]> {
  const age = await db.value<number>(sql`
    select age(datfrozenxid) from pg_database where datname = current_database()`);
  if (age < MANY_OLD_TRANSACTIONS) return [];
  const message = `the database has not been frozen for ${counted(age, 'transaction')}: at 2,000,000,000 the server takes no more writes`;
  return [finding('warning', message, { hint: plainPsqlCommand(db.location, 'vacuum (freeze)') })];
}

async function findRun(db: PostgresDatabase): Promise<readonly Finding[]> {
  return (await isRunLocked(db.session)) ? [finding('note', 'a run is at work')] : [];
}
