import { CONSENT, TAGS } from '../../sql/delta/aspects.ts';
import type { CapturedFields } from './captured-fields.ts';
import { eventAspectText } from './event-aspect.ts';
import { CONTACT_KIND, type ContactKind, WIDE_KIND } from './kinds.ts';
import {
  type CapturedEvent,
  type CaptureTrigger,
  type Doings,
  ifAny,
  MARK,
  triggerOf,
} from './trigger-text.ts';
import { lift, note } from './wish-statements.ts';

const EVENTS: readonly CapturedEvent[] = ['insert', 'update', 'delete', 'truncate'];

/** What triggers on a table log, and do, with the rows that its events touch. */
interface Captured {
  readonly table: string;
  readonly log: (rows: Touched) => string;
  readonly act?: (rows: Touched) => string[];
}

/** The rows that an event makes, and those that it takes away, as items of a FROM clause. */
interface Touched {
  readonly made: string | undefined;
  readonly taken: string | undefined;
}

/** The triggers on everything but contacts. */
export function recordTriggers({ unique }: CapturedFields): [string, CaptureTrigger][] {
  const tables: Captured[] = [
    { table: 'companies', log: logWide('company'), act: leaveCompany },
    { table: 'tags', log: logWide('tag'), act: dropTag },
    { table: 'contact_tags', log: logContacts('tags', String(TAGS)) },
    {
      table: 'events',
      log: logContacts('events', eventAspectText('touched.type')),
      act: forgetFired,
    },
    {
      table: 'suppressions',
      log: logContacts('consent', String(CONSENT)),
      act: ({ made, taken }) => [
        ...unique.flatMap((field) =>
          taken === undefined ? [] : [lift(field, `${taken} as lifted`)],
        ),
        ...unique.flatMap((field) => (made === undefined ? [] : [note(field, `${made} as said`)])),
      ],
    },
    { table: 'pins', log: logPins, act: countUses },
  ];
  return tables.flatMap((captured) => EVENTS.map((event) => triggerOf(doingsOf(captured, event))));
}

function doingsOf({ table, log, act }: Captured, event: CapturedEvent): Doings {
  const rows: Touched = {
    made: event === 'insert' || event === 'update' ? 'n' : undefined,
    taken: { insert: undefined, update: 'o', delete: 'o', truncate: table }[event],
  };
  return { table, event, logging: [log(rows)], doing: act?.(rows) ?? [] };
}

/** All rows that are touched, both as they were and as they are. */
function touched({ made, taken }: Touched, columns: string): string {
  const rows = [taken, made].filter((one) => one !== undefined);
  return `(${rows.map((one) => `select ${columns} from ${one}`).join(' union all ')}) as touched`;
}

function logWide(kind: 'company' | 'tag'): Captured['log'] {
  return (rows) =>
    'insert into wide_changes (id, kind) ' +
    `select distinct touched.id, '${WIDE_KIND[kind]}'::"char" from ${touched(rows, 'id')}`;
}

/** One entry a contact and statement, whatever of it is touched. */
function logContacts(kind: ContactKind, aspect: string): Captured['log'] {
  const columns = kind === 'events' ? 'contact_id, type' : 'contact_id';
  // rule: pg-old-and-new
  return (rows) =>
    'insert into contact_changes (contact_id, kind, aspects, mark) ' +
    `select touched.contact_id, '${CONTACT_KIND[kind]}', bit_or(${aspect}), ${MARK} ` +
    `from ${touched(rows, columns)} group by touched.contact_id`;
}

function logPins(rows: Touched): string {
  return (
    'insert into contact_changes (contact_id, segment_id, kind, aspects) ' +
    `select distinct touched.contact_id, touched.segment_id, '${CONTACT_KIND.pin}'::"char", 0 ` +
    `from ${touched(rows, 'contact_id, segment_id')}`
  );
}

/** Contacts of a company that is deleted have none. */
function leaveCompany({ made, taken }: Touched): string[] {
  if (taken === undefined || made !== undefined) return [];
  const which = `contacts.company_id = any (array(select gone.id from ${taken} as gone))`;
  return [
    ifAny(`exists (select from contacts where ${which})`, [
      `update contacts set company_id = null where ${which}`,
    ]),
  ];
}

function dropTag({ made, taken }: Touched): string[] {
  if (taken === undefined || made !== undefined) return [];
  const which = `contact_tags.tag_id = any (array(select gone.id from ${taken} as gone))`;
  return [
    ifAny(`exists (select from contact_tags where ${which})`, [
      `delete from contact_tags where ${which}`,
    ]),
  ];
}

/** That triggers fired for an event goes with the event. */
function forgetFired({ made, taken }: Touched): string[] {
  if (taken === undefined || made !== undefined) return [];
  return [
    `delete from trigger_fired where trigger_fired.event_id = any (array(select gone.id from ${taken} as gone))`,
  ];
}

/** Causes count the pins that name them. */
function countUses({ made, taken }: Touched): string[] {
  const counted = [
    ...(taken === undefined ? [] : [`select cause_id, -1 as uses from ${taken}`]),
    ...(made === undefined ? [] : [`select cause_id, 1 as uses from ${made}`]),
  ];
  const shifted = `(
      select used.cause_id, sum(used.uses) as uses
      from (${counted.join(' union all ')}) as used
      where used.cause_id is not null
      group by used.cause_id
      having sum(used.uses) <> 0
    ) as shifted`;
  return [
    ifAny(`exists (select from ${shifted})`, [
      `update causes set uses = causes.uses + shifted.uses from ${shifted} where causes.id = shifted.cause_id`,
    ]),
  ];
}
