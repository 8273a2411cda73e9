import { sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { ConversionPlan, SegmentDefinition, SegmentRow } from '../../rows.ts';
import { attributesOf } from '../../segment-attributes.ts';
import type { BuiltStamp, Saving, SegmentsWriter } from '../../segments.ts';
import type { SqlDatabase } from '../database.ts';
import { rowsOf } from '../sql-parts.ts';
import { sameText } from '../words.ts';
import { withinReach } from '../reach.ts';
import { segments } from '../schema.ts';
import { insertRow, updateRows } from '../table-rows.ts';
import { deleteSegment, listDeleted, purgeDeleted, restoreSegment } from './deleted-segments.ts';
import { listVersions, recordVersion } from './segment-versions.ts';

export function segmentsTable(db: SqlDatabase): SegmentsWriter {
  // rule: reach-segments
  const reader = (row: typeof segments.$inferSelect): SegmentRow =>
    toSegment({ ...row, id: withinReach(db, 'segments.id', row.id) });
  return {
    list: async () => db.kept.rows(segments, segments.id, reader),
    some: async (ids) => db.kept.someRows(segments, segments.id, reader, ids),

    versions: async (id) => listVersions(db, id),
    deleted: async () => listDeleted(db),

    insert: async (definition, saving) => insertSegment(db, definition, saving),
    update: async (id, definition, saving) => updateSegment(db, id, definition, saving),
    plan: async (id, plan) => setColumns(db, id, planColumns(plan)),
    recordConversion: async (id, now, runId) =>
      await setColumns(db, id, { ...planColumns(null), convertedAt: now, convertedRun: runId }),
    delete: async (id, deleting) => deleteSegment(db, id, deleting),
    restore: async (id, alias, restoring) => {
      await requireFreeAlias(db, alias);
      return restoreSegment(db, id, alias, restoring);
    },
    purge: async (before) => purgeDeleted(db, before),
    stampBuilt: async (built, run) => stampBuilt(db, built, run),

    async stampPartial(id, { joined, left }) {
      // rule: limited-seen
      await db.run(sql`
        update segments
        set seen_epoch = null, joined_last_run = ${joined}, left_last_run = ${left}
        where id = ${id}`);
    },
  };
}

async function insertSegment(
  db: SqlDatabase,
  definition: SegmentDefinition,
  saving: Saving,
): Promise<number> {
  await requireFreeAlias(db, definition.alias);
  const { now } = saving;
  return db.kept.addingRow(segments, segments.id, async () => {
    const row = { ...columnsOf(definition), createdAt: now, updatedAt: now };
    const id = await insertRow(db, segments, row);
    await recordVersion(db, id, saving);
    return id;
  });
}

async function updateSegment(
  db: SqlDatabase,
  id: number,
  definition: SegmentDefinition,
  saving: Saving,
): Promise<void> {
  await requireFreeAlias(db, definition.alias, id);
  await forgetBuild(db, id, definition);
  await setColumns(db, id, { ...columnsOf(definition), updatedAt: saving.now });
  await recordVersion(db, id, saving);
}

async function setColumns(
  db: SqlDatabase,
  id: number,
  columns: Partial<typeof segments.$inferSelect>,
): Promise<void> {
  await updateRows(db, segments, columns, sql`id = ${id}`);
}

async function stampBuilt(
  db: SqlDatabase,
  built: readonly BuiltStamp[],
  { now, runId }: { readonly now: number; readonly runId: number },
): Promise<void> {
  await db.run(sql`
    update segments
    set
      built_at = ${now}, built_run = ${runId},
      -- a run builds a segment again when triggers changed what it reads
      joined_last_run = stamp.joined + case when built_run = ${runId} then joined_last_run else 0 end,
      left_last_run = stamp."left" + case when built_run = ${runId} then left_last_run else 0 end,
      seen_epoch = stamp.seen, bounds = stamp.bounds, fingerprint = stamp.fingerprint
    from ${rowsOf(built, STAMP_COLUMNS)} as stamp
    where segments.id = stamp.id`);
}

const STAMP_COLUMNS = {
  id: 'bigint',
  joined: 'bigint',
  left: 'bigint',
  seen: 'text',
  bounds: 'text',
  fingerprint: 'text',
} as const;

/**
 * The columns are named one by one: the caller may give a whole row as the definition, and its
 * counters, which may be old, must not be written.
 */
function columnsOf(definition: SegmentDefinition): SegmentDefinition {
  const { alias, name, kind, filter } = definition;
  return { alias, name, kind, filter, ...attributesOf(definition) };
}

function planColumns(
  plan: ConversionPlan | null,
): Pick<typeof segments.$inferSelect, 'convertOn' | 'convertAfterInactivity' | 'convertPlannedAt'> {
  return {
    convertOn: plan?.kind === 'on' ? plan.day : null,
    convertAfterInactivity: plan?.kind === 'inactivity' ? plan.period : null,
    convertPlannedAt: plan?.plannedAt ?? null,
  };
}

function planOf({
  convertOn,
  convertAfterInactivity,
  convertPlannedAt: plannedAt,
}: typeof segments.$inferSelect): ConversionPlan | null {
  if (plannedAt === null) return null;
  if (convertOn !== null) return { kind: 'on', day: convertOn, plannedAt };
  return convertAfterInactivity === null
    ? null
    : { kind: 'inactivity', period: convertAfterInactivity, plannedAt };
}

async function requireFreeAlias(db: SqlDatabase, alias: string, self?: number): Promise<void> {
  const taken = await db.get<{ id: number; name: string }>(
    sql`select id, name from segments where ${sameText(sql`alias`, sql`${alias}`)} and id is distinct from ${self ?? null}`,
  );
  if (taken === undefined) return;
  throw new UserError(
    'TAKEN',
    EXIT.refused,
    `the alias ${alias} is taken by segment ${taken.id} (${taken.name})`,
    { hint: 'choose another with --alias' },
  );
}

/** The next build is a full one where the kind or the filter becomes another. */
async function forgetBuild(
  db: SqlDatabase,
  id: number,
  { kind, filter }: SegmentDefinition,
): Promise<void> {
  // rule: conversion
  await db.run(sql`
    update segments
    set seen_epoch = null, fingerprint = null
    where id = ${id} and (kind <> ${kind} or filter is distinct from ${filter})`);
}

function toSegment(row: typeof segments.$inferSelect): SegmentRow {
  return {
    id: row.id,
    alias: row.alias,
    name: row.name,
    kind: row.kind,
    filter: row.filter,
    ...attributesOf(row),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    members: row.members,
    anonymous: row.anonymous,
    joinedLastRun: row.joinedLastRun,
    leftLastRun: row.leftLastRun,
    builtAt: row.builtAt,
    builtRun: row.builtRun,
    seen: row.seenEpoch,
    fingerprint: row.fingerprint,
    bounds: row.bounds,
    movedAt: row.movedAt,
    plan: planOf(row),
    convertedAt: row.convertedAt,
    convertedRun: row.convertedRun,
  };
}
