import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { rowsOf } from '../sql-parts.ts';
import { namedIn } from './audit-words.ts';
import { isNobodys } from './erase-causes.ts';
import type { KnownValue } from './erase-values.ts';
import { mayHold, parsed, withoutValues } from './erase-words.ts';

interface Entry {
  readonly id: number;
  readonly object: string;
  readonly detail: string | null;
}

/**
 * Of what was done to them alone there is who, when, by which command, and how often. Gives the ids
 * of the entries that said more.
 */
export async function silenceAudit(db: SqlDatabase, ids: SQL): Promise<number[]> {
  const named = (which: SQL): SQL => sql`
    select 1 from ${namedIn(sql`audit.detail`)} as named where ${which}`;
  const entries = await entriesWhere(
    db,
    sql`
      exists (${named(sql`named.value in ${ids}`)})
      and not exists (${named(sql`not ${isNobodys(sql`named.value`, ids)}`)})`,
  );
  return rewrite(db, entries, (entry) => ({ ...entry, detail: silenced(entry.detail) }));
}

function silenced(detail: string | null): string | null {
  const said = parsed(detail ?? '');
  if (typeof said !== 'object' || said === null) return detail;
  const kept = Object.entries(said).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'via' && typeof value === 'string') return [[key, value.split(':', 1)[0]]];
    // rule: erased-audit
    const isCount = Number.isInteger(value) || Array.isArray(value);
    return isCount || key === 'via' || key === 'pin' ? [[key, value]] : [];
  });
  return JSON.stringify(Object.fromEntries(kept));
}

/** Takes these values out of the audit; gives the ids of the entries that held any. */
export async function eraseFromAudit(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<number[]> {
  const without = withoutValues(values);
  // rule: erased-audit-words
  return rewrite(db, await entriesOf(db, values), (entry) => withoutIn(entry, without));
}

/** Whether any entry of the audit names this value. */
export async function isInAudit(db: SqlDatabase, known: KnownValue): Promise<boolean> {
  const without = withoutValues([known]);
  return (await entriesOf(db, [known])).some((entry) => isOther(withoutIn(entry, without), entry));
}

/** The entries that may hold any of these values. */
async function entriesOf(db: SqlDatabase, values: readonly KnownValue[]): Promise<Entry[]> {
  if (values.length === 0) return [];
  return entriesWhere(db, sql`${mayHold(sql`object`, values)} or ${mayHold(sql`detail`, values)}`);
}

async function entriesWhere(db: SqlDatabase, which: SQL): Promise<Entry[]> {
  return db.all<Entry>(sql`select id, object, detail from audit where ${which} order by id`);
}

function withoutIn(entry: Entry, without: (text: string) => string): Entry {
  const { object, detail } = entry;
  return { ...entry, object: without(object), detail: detail === null ? null : without(detail) };
}

/** Gives the ids of those that say something else by now. */
async function rewrite(
  db: SqlDatabase,
  entries: readonly Entry[],
  anew: (entry: Entry) => Entry,
): Promise<number[]> {
  const others = entries.flatMap((entry) => {
    const other = anew(entry);
    return isOther(other, entry) ? [other] : [];
  });
  if (others.length === 0) return [];
  await db.run(sql`
    update audit
    set object = said.object, detail = said.detail
    from ${rowsOf(others, { id: 'bigint', object: 'text', detail: 'text' })} as said
    where audit.id = said.id`);
  return others.map(({ id }) => id);
}

function isOther(one: Entry, other: Entry): boolean {
  return one.object !== other.object || one.detail !== other.detail;
}
