import { type SQL, sql } from 'drizzle-orm';
import type { Erased, Erasing } from '../../erasing.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import { ownCauses, silenceCauses } from './erase-causes.ts';
import { countTraces } from './erase-counts.ts';
import {
  erasedAmong,
  forgetFormer,
  formerValues,
  knownValues,
  type KnownValue,
  noteErased,
  noteErasedIds,
  presentValues,
  valuesOfNobody,
} from './erase-values.ts';
import { forgetWishes } from './erase-wishes.ts';
import { eraseFromAudit, silenceAudit } from './erase-audit.ts';

/** What was erased, and the values of which something may still stand somewhere. */
export interface Erasure extends Omit<Erased, 'remains'> {
  readonly values: readonly KnownValue[];
}

/**
 * Deletes contacts with every trace of them, also as those whom they were before a merge: what names
 * them goes or loses its words, and hashes of their unique values stay. Ids stay where joins and
 * leaves are told in their order. What was deleted can be read in the file until it is scoured, see
 * `Store.scour`. Who is erased `again`, because a backup has them, is known by the hashes that there
 * are: another may have had one of the values since, and is not them.
 */
export async function eraseContacts(
  db: SqlDatabase,
  erasing: Erasing,
  isAgain: boolean = false,
): Promise<Erasure> {
  const ids = idSet(erasing.contactIds);
  const all = idSet(await withMerged(db, erasing.contactIds));
  const named = await knownValues(db, erasing.values ?? []);
  const known = [...(await presentValues(db, ids)), ...(await formerValues(db, ids)), ...named];
  const counted = await countTraces(db, ids);
  const own = await ownCauses(db, all);
  if (!isAgain) await noteErasedIds(db, erasing.contactIds, erasing.now);
  await deleteMembershipsOf(db, ids, { now: erasing.now, by: erasing.by, via: 'erased' });
  const contacts = await deleteRows(db, ids);
  const gone = await valuesOfNobody(db, known);
  // rule: erased-again
  const values = isAgain ? await erasedAmong(db, gone) : gone;
  if (!isAgain) await noteErased(db, values, erasing.now);
  const traces = {
    ...counted,
    formerValues: counted.formerValues + (await forgetFormer(db, named)),
    wishes: await forgetWishes(db, values),
    causes: await silenceCauses(db, own),
    auditEntries: new Set([...(await silenceAudit(db, all)), ...(await eraseFromAudit(db, values))])
      .size,
  };
  await db.run(sql`update erased_key set pending = 1`);
  return { contacts, values, traces };
}

/** With those who were merged into them. */
async function withMerged(db: SqlDatabase, contactIds: readonly number[]): Promise<number[]> {
  // rule: erased-merged
  const merged = await db.pluck<number>(sql`
    select contact_id from merged_contacts where merged_into in ${idSet(contactIds)}
    order by contact_id`);
  return [...contactIds, ...merged];
}

/** What hangs on contacts beside their memberships. */
const OF_CONTACTS = [
  'events',
  'contact_tags',
  'suppressions',
  'import_tags',
  'import_pins',
  'trigger_above',
  'former_values',
];

/** The contact goes first: what stands for its address is then no longer taken along by a trigger. */
async function deleteRows(db: SqlDatabase, ids: SQL): Promise<number> {
  await db.run(sql`
    delete from trigger_fired
    where event_id in (select id from events where contact_id in ${ids})`);
  const contacts = await db.run(sql`delete from contacts where id in ${ids}`);
  for (const table of OF_CONTACTS)
    await db.run(sql`delete from ${name(table)} where contact_id in ${ids}`);
  await db.run(sql`delete from merged_contacts where merged_into in ${ids}`);
  return contacts;
}
