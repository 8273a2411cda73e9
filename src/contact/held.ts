import type { FieldRow, Held, ReadTx, RecordRow, Value } from '../store/index.ts';
import { formatInstant } from '../support/instant.ts';
import { getContact } from './contact-refs.ts';
import { plainValue } from './plain-values.ts';

/** What a person gets to read of one row: instants as RFC 3339 text, JSON as what it says. */
type Told = Readonly<Record<string, unknown>>;

export interface HeldData {
  /** By a name for each table, the contact and its company as one object, all else as lists. */
  readonly sections: Readonly<Record<string, Told | readonly Told[]>>;
  /** The same of tables that only the program reads. */
  readonly bookkeeping: Readonly<Record<string, readonly Told[]>>;
}

/** By table, in the order in which they are told: docs/people.md says what each is. */
export const HELD_SECTIONS: Readonly<Record<string, string>> = {
  contacts: 'contact',
  companies: 'company',
  tags: 'tags',
  events: 'events',
  suppressions: 'suppressions',
  address_suppressions: 'address_suppressions',
  value_suppressions: 'value_suppressions',
  former_values: 'former_values',
  merged_contacts: 'merged_contacts',
  joined: 'memberships',
  joined_history: 'past_memberships',
  pins: 'decisions',
  deleted_joined: 'memberships_in_deleted_segments',
  deleted_history: 'past_memberships_in_deleted_segments',
  deleted_pins: 'decisions_in_deleted_segments',
  segment_causes: 'causes',
  imports: 'imports',
  import_tags: 'tags_by_imports',
  import_pins: 'removals_overridden_by_imports',
  audit: 'audit',
};

export const HELD_BOOKKEEPING: Readonly<Record<string, string>> = {
  contact_tags: 'tag_links',
  moved: 'joins_and_leaves',
  trigger_fired: 'triggers_fired',
  trigger_above: 'triggers_reached',
  contact_changes: 'changes_to_be_read',
  member_changes: 'membership_changes_to_be_read',
};

/**
 * Everything that is stored of a contact, as its person can read it. What there is nothing of is
 * left out. `UserError` (2): an unknown contact.
 */
export async function heldBy(tx: ReadTx, reference: string): Promise<HeldData> {
  const naming = await namingOf(tx);
  const held = ofSegmentsThere(await tx.contacts.held(await getContact(tx, reference)), naming);
  const told = new Map(held.map(({ table, rows }) => [table, tellRows(table, rows, naming)]));
  // a table that has no name here yet is told under its own
  const others = [...told.keys()].filter(
    (table) => !Object.hasOwn(HELD_SECTIONS, table) && !Object.hasOwn(HELD_BOOKKEEPING, table),
  );
  const named = { ...HELD_SECTIONS, ...Object.fromEntries(others.map((table) => [table, table])) };
  const sections = Object.entries(named).flatMap(([table, key]) => {
    const rows = told.get(table);
    return rows === undefined ? [] : [[key, table in SINGLE ? (rows[0] ?? {}) : rows] as const];
  });
  const kept = Object.entries(HELD_BOOKKEEPING).flatMap(([table, key]) => {
    const rows = told.get(table);
    return rows === undefined ? [] : [[key, rows] as const];
  });
  return { sections: Object.fromEntries(sections), bookkeeping: Object.fromEntries(kept) };
}

/** Tables with one row for a contact, and the object of their fields. */
const SINGLE: Readonly<Record<string, FieldRow['object']>> = {
  contacts: 'contact',
  companies: 'company',
};

/** What ids stand for. */
interface Naming {
  readonly fields: readonly FieldRow[];
  readonly segments: ReadonlyMap<number, string>;
  /** The segments that are there. */
  readonly living: ReadonlySet<number>;
}

async function namingOf(tx: ReadTx): Promise<Naming> {
  const living = await tx.segments.list();
  const segments = [...(await tx.segments.deleted()), ...living];
  return {
    fields: await tx.fields.list(),
    segments: new Map(segments.map(({ id, alias }) => [id, alias])),
    living: new Set(living.map(({ id }) => id)),
  };
}

/** The times of those who were merged are kept beside deleted segments', in whichever they were. */
function ofSegmentsThere(held: readonly Held[], { living }: Naming): Held[] {
  const rowsOf = (name: string): Held['rows'] =>
    held.find(({ table }) => table === name)?.rows ?? [];
  const isThere = ({ segment_id: id }: Row): boolean => typeof id === 'number' && living.has(id);
  const kept = rowsOf('deleted_history');
  const rows = [...rowsOf('joined_history'), ...kept.filter(isThere)];
  const others = held.filter(
    ({ table }) => table !== 'joined_history' && table !== 'deleted_history',
  );
  return [
    ...others,
    { table: 'joined_history', rows },
    { table: 'deleted_history', rows: kept.filter((row) => !isThere(row)) },
  ].filter((one) => one.rows.length > 0);
}

function tellRows(table: string, rows: Held['rows'], naming: Naming): readonly Told[] {
  const object = SINGLE[table];
  return rows.map((row) =>
    object === undefined ? tellRow(row, naming) : tellRecord(row, object, naming),
  );
}

/** A contact or company: its fields by their types. */
function tellRecord(row: Row, object: FieldRow['object'], { fields }: Naming): Told {
  const types = new Map(
    fields.filter((field) => field.object === object).map(({ alias, type }) => [alias, type]),
  );
  const entries = Object.entries(row).map(([column, value]): [string, unknown] => {
    const type = types.get(column);
    if (type === undefined) return tellCell(column, value);
    const plain = plainValue(type, value);
    return [
      column,
      type === 'datetime' && typeof plain === 'number' ? formatInstant(plain) : plain,
    ];
  });
  return Object.fromEntries(entries);
}

type Row = RecordRow | Held['rows'][number];

/** With the name of the segment that it is about. */
function tellRow(row: Row, { segments, fields }: Naming): Told {
  const { segment_id: segmentId, field_id: fieldId } = row as Readonly<Record<string, Value>>;
  const segment = typeof segmentId === 'number' ? segments.get(segmentId) : undefined;
  const field = fields.find(({ id }) => id === fieldId)?.alias;
  return {
    ...(segment === undefined ? {} : { segment }),
    ...(field === undefined ? {} : { field }),
    ...Object.fromEntries(Object.entries(row).map(([column, value]) => tellCell(column, value))),
  };
}

const INSTANTS = /^(?:at|until|kept_since)$|_at$/;
const JSON_COLUMNS = new Set(['detail', 'options', 'properties']);
const SWITCHES = new Set(['inherited', 'is_added']);
/** Columns that are called otherwise wherever else it is told who did something. */
const RENAMED: Readonly<Record<string, string>> = { pinned_by: 'by', imported_by: 'by' };

function tellCell(column: string, value: Value): [string, unknown] {
  const key = RENAMED[column] ?? column;
  if (typeof value === 'number' && INSTANTS.test(column)) return [key, formatInstant(value)];
  if (typeof value === 'number' && SWITCHES.has(column)) return [key, value > 0];
  if (typeof value === 'string' && JSON_COLUMNS.has(column)) return [key, readJson(value)];
  return [key, value];
}

/** What somebody else spoiled stays the text that it is. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
