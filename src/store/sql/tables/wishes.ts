import { type SQL, sql } from 'drizzle-orm';
import type { Order } from '../../query.ts';
import type { Value } from '../../rows.ts';
import type { SuppressionsWriter, ValueSuppression, WishPage } from '../../suppressions.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { ALWAYS, caseless } from '../words.ts';
import { addAddresses, addressesAmong, liftAddresses } from './address-suppressions.ts';
import { comparable } from './kept-values.ts';
import { sameValue, type UniqueColumn, uniqueColumn } from './unique-columns.ts';
import { liftValues, valuesAmong } from './value-suppressions.ts';
import { settleWaiting } from './waiting-suppressions.ts';
import { wishesOf } from './wish-places.ts';

/** Triggers keep these and the suppressions of contacts together. */
export function suppressionsTable(db: SqlDatabase): SuppressionsWriter {
  return {
    list: async (page) => listWishes(db, page),
    count: async (field) =>
      db.value<number>(
        sql`select count(*) from ${wishesOf(await uniqueColumn(db, 'contacts', field))} as said`,
      ),

    among: async (field, values) =>
      field === 'email' ? await addressesAmong(db, values) : await valuesAmong(db, field, values),

    settle: async (contactIds) =>
      settleWaiting(db, contactIds === undefined ? db.ways.log.unsettled : idSet(contactIds)),
    markSettled: async () => db.ways.markSettled(),

    add: async (wishes) => addAddresses(db, wishes),

    lift: async (field, values, which) =>
      field === 'email'
        ? await liftAddresses(db, values, which)
        : await liftValues(db, field, values, which),
  };
}

async function listWishes(
  db: SqlDatabase,
  { field, order, after, limit }: WishPage,
): Promise<ValueSuppression[]> {
  const column = await uniqueColumn(db, 'contacts', field);
  const ranks = ranksOf(column);
  const beyond = after === undefined ? ALWAYS : isBeyond(ranks, after, order);
  return db.all<ValueSuppression>(sql`
    select
      said.value, said.channel, said.reason, said.created_at as "createdAt",
      contacts.id as "contactId"
    from ${wishesOf(column)} as said
    left join contacts
      on ${sameValue(column.type, sql`contacts.${name(field)}`, sql`said.value`)}
    where ${beyond}
    order by ${inOrder(ranks, order)} ${keyOf(ranks)}
    limit ${limit}`);
}

/** What a list is sorted by, of a row in the store and of one at hand. */
interface Rank {
  readonly sql: SQL;
  readonly of: (row: ValueSuppression) => Value;
  readonly ranked: (value: SQL) => SQL;
}

type Ranks = Readonly<Record<string, Rank>>;

/** By the keys of the list. Qualified, since fields of contacts may be called so too. */
function ranksOf({ type }: UniqueColumn): Ranks {
  const plain = (value: SQL): SQL => value;
  return {
    value: {
      sql: sql`said.value`,
      of: ({ value }) => value,
      ranked: (value) => comparable(type, value),
    },
    channel: { sql: sql`said.channel`, of: ({ channel }) => channel, ranked: caseless },
    reason: { sql: sql`said.reason`, of: ({ reason }) => reason, ranked: caseless },
    created_at: { sql: sql`said.created_at`, of: ({ createdAt }) => createdAt, ranked: plain },
    contact_id: { sql: sql`contacts.id`, of: ({ contactId }) => contactId, ranked: plain },
  };
}

function rankIn(ranks: Ranks, by: string): Rank {
  const rank = ranks[by];
  if (rank === undefined) throw new Error(`suppressions are not sorted by ${by}`);
  return rank;
}

const KEY = ['value', 'channel', 'reason'];

/** What is the same row in no list twice. */
function keyOf(ranks: Ranks, row?: ValueSuppression): SQL {
  const parts = KEY.map((by) => {
    const { sql: stored, of, ranked } = rankIn(ranks, by);
    return ranked(row === undefined ? stored : sql`${of(row)}`);
  });
  return sql.join(parts, sql`, `);
}

function inOrder(ranks: Ranks, order: Order | undefined): SQL {
  if (order === undefined) return sql``;
  const { sql: stored, ranked } = rankIn(ranks, order.by);
  return sql`${stored} is null, ${ranked(stored)} ${order.descends ? sql`desc` : sql``},`;
}

function isBeyond(ranks: Ranks, row: ValueSuppression, order: Order | undefined): SQL {
  const isBehind = sql`(${keyOf(ranks)}) > (${keyOf(ranks, row)})`;
  if (order === undefined) return isBehind;
  const { sql: stored, of, ranked } = rankIn(ranks, order.by);
  const last = of(row);
  if (last === null) return sql`${stored} is null and ${isBehind}`;
  const [rank, lastRank] = [ranked(stored), ranked(sql`${last}`)];
  const isFurther = order.descends ? sql`${rank} < ${lastRank}` : sql`${rank} > ${lastRank}`;
  return sql`(${stored} is null or ${isFurther} or ${rank} = ${lastRank} and ${isBehind})`;
}
