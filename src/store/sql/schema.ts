import { customType, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Watermark } from '../changes.ts';
import { attributeColumns } from './attribute-columns.ts';

/*
 * The tables whose rows are read and written one by one, as drizzle sees them: typed names for
 * queries. All tables, and what makes them (STRICT, WITHOUT ROWID, collations, triggers), stand in
 * drizzle/*.sql; test/store/schema.test.ts compares the two.
 */

/** A number in SQLite, which compares one with the text. */
const watermark = customType<{ data: Watermark; driverData: number | string }>({
  dataType: () => 'integer',
  fromDriver: String,
});

const flag = (name: string) => integer(name, { mode: 'boolean' });

export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

export const fields = sqliteTable('fields', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  object: text('object', { enum: ['contact', 'company'] }).notNull(),
  alias: text('alias').notNull(),
  label: text('label').notNull(),
  type: text('type').notNull(),
  options: text('options'),
  unique: flag('is_unique').notNull(),
  indexed: flag('is_indexed').notNull(),
  origin: text('origin', { enum: ['standard', 'kept', 'custom'] }).notNull(),
  createdAt: integer('created_at').notNull(),
});

const segmentColumns = () => ({
  alias: text('alias').notNull(),
  name: text('name').notNull(),
  kind: text('kind', { enum: ['static', 'dynamic'] }).notNull(),
  filter: text('filter'),
  ...attributeColumns,
  convertOn: text('convert_on'),
  convertAfterInactivity: text('convert_after_inactivity'),
  convertPlannedAt: integer('convert_planned_at'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  members: integer('members').notNull().default(0),
  anonymous: integer('anonymous').notNull().default(0),
  joinedLastRun: integer('joined_last_run').notNull().default(0),
  leftLastRun: integer('left_last_run').notNull().default(0),
  builtAt: integer('built_at'),
  builtRun: integer('built_run'),
  seenEpoch: watermark('seen_epoch'),
  bulkEpoch: watermark('bulk_epoch').notNull().default('0'),
  fingerprint: text('fingerprint'),
  bounds: text('bounds'),
  movedAt: integer('moved_at'),
  convertedAt: integer('converted_at'),
  convertedRun: integer('converted_run'),
});

export const segments = sqliteTable('segments', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  ...segmentColumns(),
});

export const segmentVersions = sqliteTable(
  'segment_versions',
  {
    segmentId: integer('segment_id').notNull(),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['static', 'dynamic'] }).notNull(),
    filter: text('filter'),
    savedAt: integer('saved_at').notNull(),
    by: text('saved_by'),
    note: text('note'),
    attributes: text('attributes'),
  },
  (table) => [primaryKey({ columns: [table.segmentId, table.version] })],
);

export const deletedSegments = sqliteTable('deleted_segments', {
  id: integer('id').primaryKey(),
  ...segmentColumns(),
  deletedAt: integer('deleted_at').notNull(),
  deletedBy: text('deleted_by'),
  deletedCause: integer('deleted_cause').notNull(),
});

export const pins = sqliteTable(
  'pins',
  {
    segmentId: integer('segment_id').notNull(),
    contactId: integer('contact_id').notNull(),
    kind: text('kind', { enum: ['in', 'out'] }).notNull(),
    via: text('via').notNull(),
    by: text('pinned_by'),
    reason: text('reason'),
    until: integer('until'),
    createdAt: integer('created_at').notNull(),
    causeId: integer('cause_id'),
  },
  (table) => [primaryKey({ columns: [table.segmentId, table.contactId] })],
);

export const triggers = sqliteTable('triggers', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull(),
  definition: text('definition').notNull(),
  published: flag('published').notNull().default(true),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  madeBy: text('made_by'),
  eventMark: integer('event_mark').notNull().default(0),
  causeMark: integer('cause_mark').notNull().default(0),
  seenEpoch: watermark('seen_epoch'),
  error: text('error'),
});

export const runs = sqliteTable('runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  command: text('command').notNull(),
  now: integer('now').notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  status: text('status', { enum: ['running', 'ok', 'partial', 'failed', 'interrupted'] })
    .notNull()
    .default('running'),
  segments: integer('segments').notNull().default(0),
  changed: integer('changed').notNull().default(0),
  joined: integer('joined').notNull().default(0),
  left: integer('left').notNull().default(0),
  failed: integer('failed').notNull().default(0),
  held: integer('held').notNull().default(0),
  ms: integer('ms'),
  endedPins: integer('ended_pins').notNull().default(0),
  converted: integer('converted').notNull().default(0),
});

export const runSegments = sqliteTable(
  'run_segments',
  {
    runId: integer('run_id').notNull(),
    segmentId: integer('segment_id').notNull(),
    status: text('status', { enum: ['ok', 'failed', 'held', 'limited', 'not_reached'] }).notNull(),
    mode: text('mode', { enum: ['skip', 'delta', 'full'] }),
    reason: text('reason'),
    joined: integer('joined').notNull().default(0),
    left: integer('left').notNull().default(0),
    members: integer('members').notNull().default(0),
    ms: integer('ms').notNull().default(0),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.segmentId] })],
);

export const imports = sqliteTable('imports', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  kind: text('kind', {
    enum: ['contacts', 'companies', 'events', 'segment', 'suppressions'],
  }).notNull(),
  file: text('file').notNull(),
  runId: integer('run_id'),
  finishedAt: integer('finished_at').notNull(),
  rows: integer('rows').notNull(),
  inserted: integer('inserted').notNull(),
  updated: integer('updated').notNull(),
  unchanged: integer('unchanged').notNull(),
  rejected: integer('rejected').notNull(),
  segmentAdded: integer('segment_added').notNull().default(0),
  heldOut: integer('held_out').notNull().default(0),
  merged: integer('merged').notNull().default(0),
  left: integer('left').notNull().default(0),
  by: text('imported_by'),
  hash: text('hash'),
  options: text('options').notNull().default('{}'),
  keptSince: integer('kept_since'),
  undoneAt: integer('undone_at'),
});

export const captureKinds = sqliteTable('capture_kinds', {
  kind: text('kind').primaryKey(),
  prunedBefore: integer('pruned_before').notNull(),
});
