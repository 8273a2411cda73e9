import { expectNewChannel, USUAL_CHANNELS } from '../contact/consent.ts';
import { parseDateFormat } from '../contact/values.ts';
import { pickSegment } from '../segment/lookup.ts';
import { requireMayTouch } from '../segment/via.ts';
import type { ReadTx, SegmentRow, Store } from '../store/index.ts';
import { applyStage, countHeldOut } from './apply.ts';
import { mayHoldConsent } from './consent-cells.ts';
import { DateColumns } from './date-columns.ts';
import { planEvents } from './event-plan.ts';
import type { ImportContext, ImportOptions, ImportReport } from './import-options.ts';
import type { ImportJob } from './job.ts';
import { notesOn, notesOnHeldOut } from './notes.ts';
import type { ImportPlan } from './plan.ts';
import { planRecords, type StoreFacts } from './record-plan.ts';
import { Rejects, rejectsPath } from './rejects.ts';
import { openSource } from './open-source.ts';
import type { Source } from './source.ts';
import { stageRows } from './stage-rows.ts';
import { openTable } from './open-table.ts';
import type { Table } from './table.ts';

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
    const table = await openTable(source, options);
    const channels = (options.channels ?? []).map(expectNewChannel);
    const facts = await readFacts(
      store,
      channels,
      kind === 'contacts' && mayHoldConsent(table.header, options.map),
    );
    const segments = chooseSegments(facts, options);
    if (table.header.length === 0) {
      await new Rejects(await pathOfRejects(store, source, table, options), table).commit();
      return nothingIn(startedAt);
    }
    const plan = await planFor(kind, table, facts, options);
    const figures = await importTable(store, {
      source,
      table,
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

async function pathOfRejects(
  store: Store,
  source: Source,
  table: Table,
  options: ImportOptions,
): Promise<string | undefined> {
  return options.dryRun === true
    ? undefined
    : rejectsPath(source, options.rejects, store, table.notation.kind);
}

/** The report on a file of objects that has none: nothing to do is no error. */
function nothingIn(startedAt: number): ImportReport {
  return {
    rows: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    merged: 0,
    rejected: 0,
    rejectsFile: null,
    segmentAdded: 0,
    heldOut: 0,
    strayQuotes: 0,
    samples: [],
    notes: [],
    columns: [],
    ms: Math.round(performance.now() - startedAt),
  };
}

async function readFacts(
  store: Store,
  channels: readonly string[],
  withStored: boolean,
): Promise<StoreFacts> {
  return store.read(async (tx) => ({
    fields: await tx.fields.list(),
    segments: await tx.segments.list(),
    channels: [
      ...new Set([...USUAL_CHANNELS, ...channels, ...(withStored ? await storedChannels(tx) : [])]),
    ],
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
  table: Table,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<ImportPlan> {
  const dates = new DateColumns(
    facts.zone,
    options.dateFormat === undefined ? undefined : parseDateFormat(options.dateFormat),
  );
  if (kind === 'events') return planEvents(table, facts.fields, dates, options);
  return planRecords(table, kind === 'contacts' ? 'contact' : 'company', facts, dates, options);
}

async function importTable(
  store: Store,
  job: ImportJob,
): Promise<Omit<ImportReport, 'ms' | 'columns'>> {
  const { source, table, plan, options } = job;
  const rejects = new Rejects(await pathOfRejects(store, source, table, options), table);
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
      strayQuotes: table.strayQuotes,
      samples: rejects.samples,
      notes: [...notesOn(job, rejects), ...notesOnHeldOut(heldOut)],
    };
  } finally {
    await rejects.discard();
    await stage.drop();
  }
}
