import { balancedTree } from '../../../sql/balanced.ts';
import {
  type Aspects,
  COMPANY,
  CONSENT,
  eventAspectSql,
  EXISTENCE,
  fieldAspect,
  TAGS,
} from '../../sql/delta/aspects.ts';

/*
 * Change capture: triggers that log, inside the database, which contacts a committed write may
 * matter to, so that rows edited with any SQL tool count too. docs/delta.md explains the rules; each
 * was needed:
 * - Bodies are inserts with an `on conflict` clause of their own: an INSERT OR REPLACE would bow to
 *   the outer statement's conflict clause and lose the change.
 * - BEFORE triggers log the rows that a REPLACE is about to remove, found by every unique key:
 *   delete triggers stay silent then.
 * - Names are qualified: a field may be called like a column of ours.
 * - What is logged says what it is about (aspects.ts): of a contact's row the fields whose values
 *   have changed, to the byte, for an edit of the case alone counts. All other columns are keys, or
 *   the type of an event; conditions are on ids alone.
 * They run for each row that anybody writes, so a trigger is one statement wherever one is enough,
 * and whom an INSERT meets by a key is logged, about nothing yet: for an upsert that is the entry to
 * which its update adds. `deleted` of log.ts knows those that went.
 */

interface CapturedTable {
  readonly table: string;
  /** Logged when a row changes, and when rows come, go or change their id. */
  readonly changed: string;
  readonly lives: string;
  /** What is logged of a row: the kind's id, and the segment's for a pin. */
  readonly logged: readonly ['id' | 'contact_id', 'segment_id'?];
  /** Unique keys under which a REPLACE may remove a row that is logged under another id. */
  readonly keys: readonly string[];
  /**
   * What it is about, as SQL, that a row (`new`, `old` or one of the table) comes, goes or is
   * replaced, and that it is updated.
   */
  readonly about: (row: string) => string;
  readonly aboutUpdate?: string;
  /** What it is about, as SQL, that an insert meets a row, where it may be an upsert's. */
  readonly aboutMet?: string;
}

/** What the triggers have to know of the fields of a store. */
export interface CapturedFields {
  readonly unique: { readonly contact: readonly string[]; readonly company: readonly string[] };
  /** The columns of contacts whose edits count, with the fields that they make. */
  readonly contact: readonly { readonly column: string; readonly ids: readonly number[] }[];
}

function capturedTables({ unique, contact }: CapturedFields): CapturedTable[] {
  const always = (aspect: Aspects) => (): string => String(aspect);
  const event = (row: string): string => eventAspectSql(`${row}.type`);
  return [
    {
      table: 'contacts',
      changed: 'profile',
      lives: 'exists',
      logged: ['id'],
      keys: ['email', ...unique.contact],
      about: always(EXISTENCE),
      aboutUpdate: changedFields(contact),
      aboutMet: '0',
    },
    {
      table: 'companies',
      changed: 'company',
      lives: 'company',
      logged: ['id'],
      keys: ['name', ...unique.company],
      about: always(COMPANY),
    },
    {
      table: 'tags',
      changed: 'tag',
      lives: 'tag',
      logged: ['id'],
      keys: ['name'],
      about: always(TAGS),
    },
    {
      table: 'contact_tags',
      changed: 'tags',
      lives: 'tags',
      logged: ['contact_id'],
      keys: [],
      about: always(TAGS),
    },
    // rule: type-before
    {
      table: 'events',
      changed: 'events',
      lives: 'events',
      logged: ['contact_id'],
      keys: ['id', 'external_id'],
      about: event,
      aboutUpdate: `iif(old.type is new.type, 0, ${event('old')}) | ${event('new')}`,
    },
    {
      table: 'suppressions',
      changed: 'consent',
      lives: 'consent',
      logged: ['contact_id'],
      keys: [],
      about: always(CONSENT),
    },
    {
      table: 'pins',
      changed: 'pin',
      lives: 'pin',
      logged: ['contact_id', 'segment_id'],
      keys: [],
      about: always(0n),
    },
  ];
}

/** The triggers that a store with these fields must have: name → statement. */
export function captureTriggers(fields: CapturedFields): Map<string, string> {
  // rule: captured
  return new Map([
    ...capturedTables(fields).flatMap((captured) => [...replacing(captured), ...writing(captured)]),
    COUNT_IDENTIFIED,
  ]);
}

/**
 * Whoever identifies a contact, or makes it anonymous again: its segments count one fewer, or one
 * more. Bulk loads are no exception.
 */
const COUNT_IDENTIFIED: [string, string] = createTrigger(
  'contacts',
  'identified',
  'after update of identified_at',
  [
    [
      '  update segments set anonymous = max(0, anonymous + iif(new.identified_at is null, 1, -1))',
      'where exists (select 1 from joined where segment_id = segments.id and contact_id = new.id);',
    ].join(' '),
  ],
  ' when (old.identified_at is null) <> (new.identified_at is null)',
);

/** The fields whose values an update changes, to the byte. */
function changedFields(columns: CapturedFields['contact']): string {
  const changes = new Map<Aspects, string[]>();
  for (const { column, ids } of columns) {
    const about = ids.map(fieldAspect).reduce((all, aspect) => all | aspect);
    // rule: case-only
    changes.set(about, [
      ...(changes.get(about) ?? []),
      `old.${quoted(column)} is not new.${quoted(column)} collate binary`,
    ]);
  }
  if (changes.size === 0) return '0';
  const parts = [...changes].map(
    ([about, changed]) =>
      `(${balancedTree(changed, (left, right) => `(${left} or ${right})`)}) * ${String(about)}`,
  );
  return balancedTree(parts, (left, right) => `(${left} | ${right})`);
}

/**
 * What a REPLACE removes. Column lists keep the look-ups from updates of other columns.
 */
function replacing(captured: CapturedTable): [string, string][] {
  const { table, changed, lives, keys, about, aboutMet } = captured;
  // rule: replace
  if (keys.length === 0) return [];
  const met = logMet(captured, changed, aboutMet ?? about(table));
  const removed = logMet(captured, lives, about(table), ` and ${table}.id <> old.id`);
  // rule: replace-update
  const columns = namesOf(keys);
  return [
    createTrigger(table, 'before_insert', 'before insert', met),
    createTrigger(table, 'before_update', `before update of ${columns}`, removed),
  ];
}

/** Logs the rows that have a unique key in common with the new one: a statement for each key. */
function logMet(
  { table, logged: [id], keys }: CapturedTable,
  kind: string,
  aspects: string,
  more = '',
): string[] {
  return keys.map((key) =>
    insertChange({
      kind,
      ids: `${table}.${id}, 0`,
      aspects,
      from: `capture, ${table}`,
      condition: ` and ${table}.${quoted(key)} = new.${quoted(key)}${more}`,
    }),
  );
}

/**
 * What comes, goes and changes. A row that is moved from one id to another is gone here and new
 * there.
 */
function writing(captured: CapturedTable): [string, string][] {
  const { table, changed, lives, logged, aboutUpdate } = captured;
  // rule: moved-pins
  const keys = logged.map(String);
  const moved = keys.map((column) => `old.${column} <> new.${column}`);
  const log = (kind: string, row: 'new' | 'old', aspects?: string): string =>
    logRow(captured, kind, row, aspects);
  return [
    createTrigger(table, 'insert', 'after insert', [log(lives, 'new')]),
    createTrigger(table, 'update', 'after update', [log(changed, 'new', aboutUpdate)]),
    // rule: old-and-new, moved-ids
    createTrigger(
      table,
      'move',
      `after update of ${namesOf(keys)}`,
      [log(lives, 'old'), ...(lives === changed ? [] : [log(lives, 'new')])],
      ` when ${moved.join(' or ')}`,
    ),
    createTrigger(table, 'delete', 'after delete', [log(lives, 'old')]),
  ];
}

function logRow(
  { logged: [id, segmentId], about }: CapturedTable,
  kind: string,
  row: 'new' | 'old',
  aspects = about(row),
): string {
  const segment = segmentId === undefined ? '0' : `${row}.${segmentId}`;
  return insertChange({ kind, ids: `${row}.${id}, ${segment}`, aspects });
}

interface Change {
  readonly kind: string;
  readonly ids: string;
  readonly aspects: string;
  readonly from?: string;
  readonly condition?: string;
}

/**
 * A number is the same for every entry of its kind, or 0: then one that is there already says
 * enough.
 */
function insertChange({ kind, ids, aspects, from = 'capture', condition = '' }: Change): string {
  // rule: on-conflict, adds-up
  const again = /^\d+$/.test(aspects)
    ? 'on conflict do nothing'
    : 'on conflict (epoch, kind, id, segment_id) do update set aspects = aspects | excluded.aspects';
  const columns = 'epoch, kind, id, segment_id, aspects';
  // rule: names-capture
  const values = `capture.epoch, '${kind}', ${ids}, ${aspects}`;
  const change = `select ${values} from ${from} where capture.bulk = 0${condition}`;
  return `  insert into contact_changes (${columns}) ${change} ${again};`;
}

function createTrigger(
  table: string,
  suffix: string,
  event: string,
  body: readonly string[],
  condition = '',
): [string, string] {
  const trigger = `capture_${table}_${suffix}`;
  return [
    trigger,
    `create trigger ${trigger} ${event} on ${table}${condition} begin\n${body.join('\n')}\nend`,
  ];
}

/** All names that an update may call these columns by: a list is held against what it says. */
function namesOf(columns: readonly string[]): string {
  // rule: replace-rowid
  const names = columns.flatMap((column) =>
    column === 'id' ? ['id', 'rowid', 'oid', '_rowid_'] : [column],
  );
  return names.map(quoted).join(', ');
}

function quoted(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}
