import { balancedTree } from '../../../sql/balanced.ts';
import { type Aspects, EXISTENCE, fieldAspect } from '../../sql/delta/aspects.ts';
import type { CapturedFields, CapturedValue } from './captured-fields.ts';
import { countShifted, IS_OURS } from './identified.ts';
import { CONTACT_KIND } from './kinds.ts';
import { type CaptureTrigger, ifAny, MARK, quoted, triggerOf } from './trigger-text.ts';
import { bring, dropBounces, give, isAnySaidOf, valueText } from './wish-statements.ts';

/** The triggers on contacts. */
export function contactTriggers(fields: CapturedFields): [string, CaptureTrigger][] {
  return [
    triggerOf({
      table: 'contacts',
      event: 'insert',
      logging: [logExistence('n')],
      declared: ['known bigint[]'],
      doing: come(fields.unique),
    }),
    triggerOf({
      table: 'contacts',
      event: 'update',
      declared: [`about bigint := -1`, 'moved bigint[]'],
      logging: [logUpdate(fields)],
      doing: [...changeValues(fields.unique), noteIdentified(fields)],
    }),
    triggerOf({
      table: 'contacts',
      event: 'delete',
      declared: ['gone bigint[] := array(select o.id from o)'],
      logging: [logExistence('o')],
      doing: leave('found.gone'),
    }),
    // rule: pg-truncate
    triggerOf({
      table: 'contacts',
      event: 'truncate',
      declared: ['gone bigint[] := array(select o.id from contacts as o)'],
      logging: [logExistence('contacts as o')],
      doing: leave('found.gone'),
    }),
  ];
}

function logExistence(rows: string): string {
  const row = rows === 'n' ? 'n' : 'o';
  return (
    'insert into contact_changes (contact_id, kind, aspects, mark) ' +
    `select ${row}.id, '${CONTACT_KIND.exists}', ${EXISTENCE}, ${MARK} from ${rows}`
  );
}

/**
 * Logs which fields an update changes, to the byte; a row under another id is gone and new. A full
 * join is never made by going through all rows for each of them.
 */
function logUpdate({ contact }: CapturedFields): string {
  // rule: pg-moved-ids
  const kind = `case when o.id is null or n.id is null then '${CONTACT_KIND.exists}' else '${CONTACT_KIND.profile}' end`;
  const aspects = `case when o.id is null or n.id is null then ${EXISTENCE} else ${changedFields(contact)} end`;
  return `with logged as (
      insert into contact_changes (contact_id, kind, aspects, mark)
      select changed.id, changed.kind::"char", changed.aspects, ${MARK}
      from (
        select coalesce(n.id, o.id) as id, ${kind} as kind, ${aspects} as aspects
        from o
        full join n on n.id = o.id
        offset 0
      ) as changed
      where changed.aspects <> 0
      returning contact_changes.aspects as changed_aspects
    )
    select coalesce(bit_or(logged.changed_aspects), 0) from logged into about`;
}

/** Rows before and after an update, as `pair`, with these columns; `id` and `old` are their ids. */
function pairsOf(columns: string): string {
  return `(
      select n.id, o.id as old, ${columns}
      from o
      full join n on n.id = o.id
      offset 0
    ) as pair`;
}

const IS_PAIR = 'pair.id = pair.old';

function changedFields(columns: CapturedFields['contact']): string {
  const changes = new Map<Aspects, string[]>();
  for (const { column, ids } of columns) {
    const about = aspectOf(ids);
    const changed = `o.${quoted(column)} is distinct from n.${quoted(column)}`;
    changes.set(about, [...(changes.get(about) ?? []), changed]);
  }
  if (changes.size === 0) return '0';
  const parts = [...changes].map(([about, changed]) => {
    const isChanged = balancedTree(changed, (left, right) => `(${left} or ${right})`);
    return `case when ${isChanged} then ${String(about)}::bigint else 0 end`;
  });
  return balancedTree(parts, (left, right) => `(${left} | ${right})`);
}

function aspectOf(ids: readonly number[]): Aspects {
  return ids.map(fieldAspect).reduce((all, aspect) => all | aspect, 0n);
}

/**
 * A new contact gets what stands for its values. Who comes under an id that somebody had is somebody
 * else: what that one was called, and who was merged into it, is forgotten.
 */
function come(unique: readonly CapturedValue[]): string[] {
  const known = 'found.known';
  // of an empty table nothing is asked for each row
  const conditions = [
    '(exists (select from former_values) and exists (select from former_values where former_values.contact_id = n.id offset 0))',
    '(exists (select from merged_contacts) and exists (select from merged_contacts where merged_contacts.merged_into = n.id offset 0))',
    ...unique.map((field) => isAnySaidOf(field, 'n')),
  ];
  return [
    `known := array(select n.id from n where ${conditions.join(' or ')})`,
    ifAny('cardinality(known) > 0', [
      `delete from former_values where former_values.contact_id = any (${known})`,
      `delete from merged_contacts where merged_contacts.merged_into = any (${known})`,
      ...unique.map((field) => give(field, known)),
    ]),
  ];
}

/** What an update does to unique values: what was before is kept, and wishes go with the contact. */
function changeValues(unique: readonly CapturedValue[]): string[] {
  const about = unique.map(({ id }) => fieldAspect(id)).reduce((all, one) => all | one, 0n);
  return [
    ifAny(
      `about & ${String(about)} <> 0`,
      unique.flatMap((field) => changeValue(field)),
    ),
  ];
}

/** Only the case of ASCII letters is no other value. */
function changeValue(field: CapturedValue): string[] {
  const moved = 'found.moved';
  const [was, now] = [valueText(field, 'o'), valueText(field, 'n')];
  const pairs = pairsOf(`n.updated_at as at, ${was} as was, ${now} as now`);
  const isMoved = `${IS_PAIR} and lower(pair.was) is distinct from lower(pair.now)`;
  return [
    `moved := array(select pair.id from ${pairs} where ${isMoved})`,
    ifAny('cardinality(moved) > 0', [
      `insert into former_values (contact_id, field_id, value, changed_at)
        select pair.id, ${field.id}, pair.was, pair.at from ${pairs} where pair.was is not null and ${isMoved}
        on conflict do nothing`,
      ifAny(`exists (select from suppressions where suppressions.contact_id = any (${moved}))`, [
        ...(field.column === 'email' ? [dropBounces(moved)] : []),
        bring(field, moved),
      ]),
      ifAny(
        `exists (select from contacts where contacts.id = any (${moved}) and ${isAnySaidOf(field, 'contacts')})`,
        [give(field, moved)],
      ),
    ]),
  ];
}

/**
 * Whoever identifies a contact, or makes it anonymous again, has that counted, or noted to be counted,
 * bulk loads too: see identified.ts.
 */
function noteIdentified({ contact }: CapturedFields): string {
  const ids = contact.find(({ column }) => column === 'identified_at')?.ids ?? [];
  const isNone = (row: string): string => `${row}.identified_at is null`;
  const others = pairsOf(
    `(${isNone('n')}) as is_none, (${isNone('o')}) <> (${isNone('n')}) as is_other`,
  );
  const from = `from ${others} where ${IS_PAIR} and pair.is_other`;
  const shifts = `select pair.id as contact_id, case when pair.is_none then 1 else -1 end as anonymous ${from}`;
  const kind = `case when pair.is_none then '${CONTACT_KIND.anonymous}' else '${CONTACT_KIND.identified}' end`;
  return ifAny(`about & ${String(aspectOf(ids))} <> 0`, [
    ifAny(IS_OURS, [countShifted(shifts)]),
    ifAny(`not (${IS_OURS})`, [
      `insert into contact_changes (contact_id, kind, aspects)
        select pair.id, (${kind})::"char", 0 ${from}`,
    ]),
  ]);
}

const HANGS = [
  'contact_tags',
  'events',
  'suppressions',
  'import_tags',
  'import_pins',
  'former_values',
];

/** What goes with contacts that are deleted. Memberships, pins and history are swept by an update. */
function leave(gone: string): string[] {
  const hanging = [
    ...HANGS.map((table) => `from ${table} where ${table}.contact_id = any (${gone})`),
    `from merged_contacts where merged_contacts.merged_into = any (${gone})`,
  ];
  // rule: pg-cascade
  return [
    ifAny(
      hanging.map((which) => `exists (select ${which})`).join(' or '),
      hanging.map((which) => `delete ${which}`),
    ),
  ];
}
