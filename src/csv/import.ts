import { expectNewChannel, USUAL_CHANNELS } from '../contact/consent.ts';
import { parseDateFormat } from '../contact/values.ts';
import { pickSegment } from '../segment/lookup.ts';
import { requireMayTouch } from '../segment/via.ts';
import type { ReadTx, SegmentRow, Store } from '../store/index.ts';
import { applyStage, countHeldOut } from './apply.ts';
import { DateColumns } from './date-columns.ts';
import { planEvents } from './event-plan.ts';
import type { ImportContext, ImportOptions, ImportReport } from './import-options.ts';
import type { ImportJob } from './job.ts';
import { notesOn, notesOnHeldOut } from './notes.ts';
import type { ImportPlan } from './plan.ts';
import { type KnownTable, knownTable } from './presets/preset-table.ts';
import { planRecords, type StoreFacts } from './record-plan.ts';
import { Rejects, rejectsPath } from './rejects.ts';
import { openSource } from './source.ts';
import { withValues } from './set-columns.ts';
import { stageRows } from './stage-rows.ts';
import { openTable } from './table.ts';

type ImportKind = 'contacts' | 'companies' | 'events';

/**
 * Imports a contacts file (`-` for standard input): all good rows in one transaction, or nothing.
 * `UserError`: the file cannot be used as a whole or has more rejects than allowed (65), is missing
 * (66) or unreadable (77); an option names something that does not exist or cannot be a channel
 * (2); a segment does not allow imports (1).
 */
export async function importContacts(
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  return importFile(store, 'contacts', file, options, context);
}

/** Imports a companies file; see `importContacts`. */
export async function importCompanies(
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  return importFile(store, 'companies', file, options, context);
}

/**
 * Imports an events file; see `importContacts`. Importing the same events again changes nothing.
 */
export async function importEvents(
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  return importFile(store, 'events', file, options, context);
}

async function importFile(
  store: Store,
  kind: ImportKind,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const source = await openSource(file, context.stdin);
  try {
    const opened = await openTable(source, options);
    const found =
      kind === 'contacts' ? await knownTable(opened, options.preset) : { table: opened };
    const known = { ...found, table: withValues(found.table, options.set ?? []) };
    const facts = await readFacts(store, (options.channels ?? []).map(expectNewChannel));
    const segments = chooseSegments(facts, options);
    const plan = await planFor(kind, known, facts, options);
    const figures = await importTable(store, {
      source,
      ...known,
      plan,
      facts,
      segments,
      options,
      context,
    });
    return { ...figures, ms: Math.round(performance.now() - startedAt), columns: plan.columns };
  } finally {
    await source.close();
  }
}

async function readFacts(store: Store, channels: readonly string[]): Promise<StoreFacts> {
  return store.read(async (tx) => ({
    fields: await tx.fields.list(),
    segments: await tx.segments.list(),
    channels: async () => [
      ...new Set([...USUAL_CHANNELS, ...channels, ...(await store.read(storedChannels))]),
    ],
    tagNames: async () => store.read(async (later) => later.contacts.tagNames()),
    zone: (await tx.settings.get()).timezone,
  }));
}

async function storedChannels(tx: ReadTx): Promise<string[]> {
  return (await tx.contacts.channels()).map((channel) => channel.toLowerCase());
}

function chooseSegments({ segments }: StoreFacts, options: ImportOptions): SegmentRow[] {
  const chosen = (options.segments ?? []).map((alias) => pickSegment(segments, alias));
  for (const segment of chosen) requireMayTouch(segment, 'import', 'join');
  return [...new Set(chosen)];
}

async function planFor(
  kind: ImportKind,
  known: KnownTable,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<ImportPlan> {
  const dates = new DateColumns(
    facts.zone,
    options.dateFormat === undefined ? undefined : parseDateFormat(options.dateFormat),
  );
  if (kind === 'events') return planEvents(known.table, facts.fields, dates, options);
  return planRecords(known, kind === 'contacts' ? 'contact' : 'company', facts, dates, options);
}

async function importTable(
  store: Store,
  job: ImportJob,
): Promise<Omit<ImportReport, 'ms' | 'columns'>> {
  const { source, table, plan, options } = job;
  const path =
    options.dryRun === true ? undefined : await rejectsPath(source, options.rejects, store);
  const rejects = new Rejects(path, table);
  const stage = await store.stage(plan.shape);
  try {
    const rows = await stageRows(stage, rejects, job);
    await rejects.requireTolerable(rows, options.maxRejects);
    const { applied, segmentAdded, heldOut } = await applyStage(store, stage, rejects, rows, job);
    const { inserted, updated, unchanged, merged } = applied;
    const rejectsFile = await rejects.commit();
    return {
      rows,
      inserted,
      updated,
      unchanged,
      merged,
      rejected: rejects.count,
      rejectsFile,
      segmentAdded,
      heldOut: countHeldOut(heldOut),
      samples: rejects.samples,
      notes: [...notesOn(job, rejects), ...notesOnHeldOut(heldOut)],
    };
  } finally {
    await rejects.discard();
    await stage.drop();
  }
}
