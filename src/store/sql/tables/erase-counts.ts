import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { sumInTurn } from '../../../support/in-turn.ts';
import type { Trace, Traces } from '../../erasing.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';

/** What is counted as it goes. */
type Counted = 'wishes' | 'causes' | 'auditEntries';

/** In which tables the rows of contacts are, by which column; those of segments have no index on it. */
const PLACES: Readonly<Record<Exclude<Trace, Counted>, readonly Place[]>> = {
  events: [['events']],
  tags: [['contact_tags']],
  memberships: [
    ['joined', 'segments'],
    ['deleted_joined', 'deleted_segments'],
  ],
  pastMemberships: [['joined_history']],
  decisions: [
    ['pins', 'segments'],
    ['deleted_pins', 'deleted_segments'],
  ],
  suppressions: [['suppressions']],
  formerValues: [['former_values']],
  mergedContacts: [['merged_contacts']],
  importRecords: [['import_tags'], ['import_pins']],
  firings: [['trigger_fired'], ['trigger_above', 'triggers']],
};

type Place = readonly [table: string, by?: 'segments' | 'deleted_segments' | 'triggers'];

/** How many rows there are of these contacts, of each kind that goes with them. */
export async function countTraces(db: SqlDatabase, ids: SQL): Promise<Omit<Traces, Counted>> {
  const counts = await inTurn(Object.entries(PLACES), async ([trace, places]) => [
    trace,
    await sumInTurn(places, async (place) => countIn(db, place, ids)),
  ]);
  return Object.fromEntries(counts) as Omit<Traces, Counted>;
}

async function countIn(db: SqlDatabase, [table, by]: Place, ids: SQL): Promise<number> {
  return db.value<number>(sql`
    select count(*) from ${name(table)} where ${isOf(table, ids)} ${byKey(by)}`);
}

function isOf(table: string, ids: SQL): SQL {
  switch (table) {
    case 'merged_contacts':
      return sql`merged_into in ${ids}`;
    case 'trigger_fired':
      return sql`event_id in (select id from events where contact_id in ${ids})`;
    default:
      return sql`contact_id in ${ids}`;
  }
}

/** The first part of the key, where the contact is the second. */
function byKey(by: Place[1]): SQL {
  if (by === undefined) return sql``;
  const column = by === 'triggers' ? sql`trigger_id` : sql`segment_id`;
  return sql`and ${column} in (select id from ${name(by)})`;
}
