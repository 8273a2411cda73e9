import { sql } from 'drizzle-orm';
import { readClock } from '../../../support/clock.ts';
import { formatInstant } from '../../../support/instant.ts';
import { counted } from '../../../support/text.ts';
import { finding, type Finding } from '../../finding.ts';
import type { CheckContext, StoreCheck } from '../../health.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { triggersOf } from '../delta/capture.ts';
import { isPrintKnown, isSameCluster } from '../delta/print.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The recording of changes, on which updates by what changed rest. */
export function logChecks(db: PostgresDatabase): readonly StoreCheck[] {
  return [
    {
      id: 'capture',
      title: 'every change is recorded',
      find: async (asked) => findGaps(db, asked),
    },
    {
      id: 'change-log',
      title: 'no segment has seen what was not recorded yet',
      find: async (asked) => findForeign(db, asked),
    },
    {
      id: 'held-log',
      title: 'nothing keeps changes recorded for long',
      find: async () => findHolders(db),
    },
    {
      id: 'subscriptions',
      title: 'nothing writes to the store past its triggers',
      find: async (asked) => findSubscriptions(db, asked),
    },
  ];
}

async function findGaps(
  db: PostgresDatabase,
  { command }: CheckContext,
): Promise<readonly Finding[]> {
  const { wanted, standing } = await triggersOf(db);
  const missing = [...wanted.keys()].filter((trigger) => !standing.has(trigger));
  const different = [...standing].flatMap(([trigger, { isSound, body }]) =>
    isSound === 1 && wanted.get(trigger)?.body === body ? [] : [trigger],
  );
  const triggers = [...missing, ...different];
  const hint = command('segments:update');
  if (triggers.length > 0) {
    const first = triggers.slice(0, 3);
    const names = `${first.join(', ')}${triggers.length > 3 ? ', …' : ''}`;
    const how = missing.length > 0 ? 'missing' : 'not as rollcall makes them';
    const records = triggers.length === 1 ? 'records' : 'record';
    const what = `${counted(triggers.length, 'trigger')} that ${records} changes ${how}: ${names}`;
    return [
      finding('error', what, {
        count: triggers.length,
        examples: first.map((trigger) => ({ trigger })),
        hint: `put them back and build everything in full: ${hint}`,
      }),
    ];
  }
  if (await isPrintKnown(db)) return [];
  const message = 'somebody changed the schema: the next update builds everything in full';
  return [finding('note', message, { hint })];
}

/** Transactions of another cluster were counted from elsewhere. */
async function findForeign(
  db: PostgresDatabase,
  { command }: CheckContext,
): Promise<readonly Finding[]> {
  if (await isSameCluster(db)) return [];
  const message =
    'the store was restored from a dump: the next update builds everything in full, and cursors ' +
    'of segments:changes begin anew';
  return [finding('note', message, { hint: command('segments:update') })];
}

interface Holder {
  readonly pid: number;
  readonly application: string;
  /** Epoch ms. */
  readonly since: number;
}

/**
 * Transactions of the whole cluster that have written something and go on: until they end, no watermark
 * gets past them. What other roles do is told to superusers and members of pg_read_all_stats alone.
 */
async function holdersOf(db: PostgresDatabase): Promise<Holder[]> {
  return db.all<Holder>(sql`
    select
      pid, coalesce(nullif(application_name, ''), 'an unnamed program') as application,
      floor(extract(epoch from xact_start) * 1000)::bigint as since
    from pg_stat_activity
    where backend_xid is not null and xact_start is not null and pid <> pg_backend_pid()
    union all
    select 0, format('the prepared transaction %s', gid), floor(extract(epoch from prepared) * 1000)::bigint
    from pg_prepared_xacts
    order by since, pid`);
}

export async function logHeldSince(db: PostgresDatabase): Promise<number | undefined> {
  const [first] = await holdersOf(db);
  return first !== undefined && readClock() - first.since > MINUTE_MS ? first.since : undefined;
}

async function findHolders(db: PostgresDatabase): Promise<readonly Finding[]> {
  const now = readClock();
  const long = (await holdersOf(db)).filter(({ since }) => now - since > HOUR_MS);
  return long.map(({ pid, application, since }) => {
    const who = pid === 0 ? application : `a transaction of ${application} (process ${pid})`;
    const message = `${who} is open since ${formatInstant(since)}: what changed since then is kept, and asked again by each update`;
    const end = 'end it, or let its program end transactions sooner';
    return finding('warning', message, {
      hint: pid === 0 ? end : `${end}: select pg_terminate_backend(${pid})`,
    });
  });
}

/** Replicated rows fire no statement triggers. */
async function findSubscriptions(
  db: PostgresDatabase,
  { command }: CheckContext,
): Promise<readonly Finding[]> {
  const tables = await db.pluck<string>(sql`
    select distinct relname
    from pg_subscription_rel
    join pg_class on pg_class.oid = srrelid
    where relnamespace = current_schema::regnamespace
    order by relname`);
  if (tables.length === 0) return [];
  const message = `a subscription writes to ${tables.join(', ')}, which is not recorded: segments do not follow`;
  return [
    finding('warning', message, {
      count: tables.length,
      examples: tables.map((table) => ({ table })),
      hint: `let programs write there instead, or update in full: ${command('segments:update --full')}`,
    }),
  ];
}
