import { createField } from '../contact/field-changes.ts';
import { pickSegment } from '../segment/lookup.ts';
import { changeData, type Triggered } from '../segment/triggers/data-change.ts';
import { addToSegment, type Decision, type MemberChange } from '../segment/members.ts';
import {
  type Applied,
  type ImportBeginning,
  type SegmentRow,
  type Stage,
  type StagedReject,
  type Store,
  type WriteTx,
} from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { readClock } from '../support/clock.ts';
import { appliedAt, type ImportJob } from './job.ts';
import { mirrorFile } from './mirror.ts';
import { fieldName } from './field-name.ts';
import { fieldsOf } from './new-fields/new-fields.ts';
import { rejectionBy } from './reasons.ts';
import type { Rejects } from './rejects.ts';

const SEGMENT_PAGE = 100_000;
const REJECTS_PAGE = 10_000;

export interface Outcome {
  readonly importId: number;
  readonly applied: Applied;
  /** How many memberships began. */
  readonly segmentAdded: number;
  /** How many members left because the file does not name them. */
  readonly left: number;
  /** Segments that contacts could not join because of a removal, and how many contacts. */
  readonly heldOut: readonly HeldOut[];
}

export interface HeldOut {
  readonly alias: string;
  readonly contacts: number;
}

/**
 * Applies the staged rows, adds the contacts to their segments and records the import, in one
 * transaction, with what triggers make of it; a dry run rolls it back. Rows that the store refuses
 * are added to `rejects`. `UserError` (65) when there are too many of them.
 */
export async function applyStage(
  store: Store,
  stage: Stage,
  rejects: Rejects,
  rows: number,
  job: ImportJob,
): Promise<Outcome & Triggered> {
  const change = { now: job.context.now, isDry: job.options.dryRun };
  const work = async (tx: WriteTx) => applyIn(tx, stage, rejects, rows, job);
  const { done, triggers } = await changeData(store, change, work);
  return { ...done, triggers };
}

async function applyIn(
  tx: WriteTx,
  stage: Stage,
  rejects: Rejects,
  rows: number,
  job: ImportJob,
): Promise<Outcome> {
  const { options, context } = job;
  context.progress?.({ kind: 'applying', rows: rows - rejects.count });
  for (const { request } of fieldsOf(job.newFields))
    await createField(tx, request, appliedAt(tx, job));
  // rule: settled-before-import
  await tx.suppressions.settle(); // what stands for values that rows replace
  const importId = await tx.imports.begin({ ...beginningOf(tx, job), keptSince: readClock() });
  const applied = await tx.imports.apply(stage, {
    mode: options.mode ?? 'upsert',
    now: appliedAt(tx, job),
    importId,
    createContacts: options.createContacts,
  });
  await settleAfter(tx, job.kind);
  if (applied.rejected > 0) await addRejects(tx, stage, rejects, job);
  rejects.spoken = applied.consentKept;
  await rejects.requireTolerable(rows, options.maxRejects);
  const left = options.mirror === true ? await mirrorFile(tx, stage, importId, job) : 0;
  const { added: segmentAdded, heldOut } = await joinSegments(tx, stage, importId, job);
  const { companiesUpdated = 0, leftOut = 0, consentKept, ...figures } = rowsOf(applied);
  await tx.imports.finish(importId, {
    ...figures,
    options: JSON.stringify({
      ...told(job),
      ...mentionable({ companiesUpdated, consentKept, leftOut }),
    }),
    rows,
    rejected: rejects.count,
    segmentAdded,
    heldOut: countHeldOut(heldOut),
    left,
  });
  return { importId, applied, segmentAdded, heldOut, left };
}

/**
 * Whom a file of contacts wrote has been given what stands for their values as they were written,
 * and all others were settled before.
 */
async function settleAfter(tx: WriteTx, kind: ImportJob['kind']): Promise<void> {
  await tx.suppressions.settle(kind === 'contacts' ? [] : undefined);
  // rule: import-settled
  await tx.suppressions.markSettled();
}

/** Of figures that most imports do not have, those that it has. */
function mentionable(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, count]) => count > 0));
}

/** What is said of rows, and nothing of consent. */
function rowsOf({ consent: _, ...rows }: Applied): Omit<Applied, 'consent'> {
  return rows;
}

function beginningOf(tx: WriteTx, job: ImportJob): ImportBeginning {
  const { kind, source, hash, context } = job;
  return {
    kind,
    file: source.name,
    hash,
    by: context.by,
    options: JSON.stringify(told(job)),
    runId: null,
    finishedAt: appliedAt(tx, job),
  };
}

/** The options that say something; of `createFields` and `segments` also which those are. */
function told({
  options: { dryRun: _, ...given },
  newFields,
  segments,
}: ImportJob): Record<string, unknown> {
  const made = fieldsOf(newFields).map(({ field }) => fieldName(field));
  const options = {
    ...given,
    ...(made.length === 0 ? {} : { createFields: made }),
    segmentIds: segments.map(({ id }) => id),
  };
  const says = ([, value]: [string, unknown]): boolean =>
    value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(options).filter(says));
}

/** Reads the file again for the original cells of the rows that the store refused. */
async function addRejects(
  tx: WriteTx,
  stage: Stage,
  rejects: Rejects,
  { table, plan, facts }: ImportJob,
): Promise<void> {
  const refused = eachReject(tx, stage);
  let next = await refused.next();
  for await (const batch of table.batches()) {
    for (const row of batch) {
      if (next.done === true) return;
      if (next.value.line !== row.line) continue;
      await rejects.add(row, rejectionBy(next.value.reason, plan, facts.fields));
      next = await refused.next();
    }
  }
}

async function* eachReject(tx: WriteTx, stage: Stage): AsyncGenerator<StagedReject, undefined> {
  const read = async (after = 0, limit: number): Promise<StagedReject[]> =>
    tx.imports.rejects(stage, { after, limit });
  for await (const rejects of pagesByKey({ read, keyOf: ({ line }) => line, size: REJECTS_PAGE }))
    yield* rejects;
  return undefined;
}

export function countHeldOut(heldOut: readonly HeldOut[]): number {
  return heldOut.reduce((sum, { contacts }) => sum + contacts, 0);
}

interface Joining {
  readonly added: number;
  readonly heldOut: readonly HeldOut[];
}

async function joinSegments(
  tx: WriteTx,
  stage: Stage,
  importId: number,
  job: ImportJob,
): Promise<Joining> {
  const { segments, plan, facts } = job;
  const forAll = new Set(segments.map((segment) => segment.id));
  const heldOut: HeldOut[] = [];
  let added = 0;
  for (const { id, alias } of facts.segments) {
    if (!forAll.has(id) && !plan.segmentIds.has(id)) continue;
    const segment = pickSegment(await tx.segments.list(), alias);
    const pages = pagesOfContacts(tx, stage, forAll.has(id) ? undefined : id);
    const change = await joinSegment(tx, segment, pages, importId, job);
    added += change.joined;
    // rule: held-out
    if (change.heldOut > 0) heldOut.push({ alias, contacts: change.heldOut });
  }
  return { added, heldOut };
}

/** The file is what the cause of all who join is called. */
function decisionOf(tx: WriteTx, importId: number, job: ImportJob): Decision {
  const { by } = job.context;
  const { overrideRemovals } = job.options;
  const now = appliedAt(tx, job);
  return { via: 'import', now, by, overrideRemovals, importId, name: job.source.name };
}

async function joinSegment(
  tx: WriteTx,
  segment: SegmentRow,
  pages: AsyncIterable<readonly number[]>,
  importId: number,
  job: ImportJob,
): Promise<Pick<MemberChange, 'joined' | 'heldOut'>> {
  const decision = decisionOf(tx, importId, job);
  const total = { joined: 0, heldOut: 0 };
  let contacts = 0;
  for await (const contactIds of pages) {
    contacts += contactIds.length;
    job.context.progress?.({ kind: 'joining', segment: segment.alias, contacts });
    const { joined, heldOut } = await addToSegment(tx, segment, contactIds, decision);
    total.joined += joined;
    total.heldOut += heldOut;
  }
  return total;
}

/** The contacts of all rows, or of the rows that named one segment, page by page. */
function pagesOfContacts(
  tx: WriteTx,
  stage: Stage,
  segmentId: number | undefined,
): AsyncGenerator<readonly number[]> {
  const of = segmentId === undefined ? {} : { segmentId };
  const read = async (after = 0, limit: number): Promise<number[]> =>
    tx.imports.contactIds(stage, { ...of, after, limit });
  return pagesByKey({ read, keyOf: (id) => id, size: SEGMENT_PAGE });
}
