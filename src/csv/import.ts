import { expectNewChannel, USUAL_CHANNELS } from '../contact/channels.ts';
import { pickSegment } from '../segment/lookup.ts';
import { requireMayTouch } from '../segment/via.ts';
import type { ImportKind, ReadTx, SegmentRow, Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { applyStage, countHeldOut } from './apply.ts';
import { hashOf } from './file-hash.ts';
import type { ImportContext, ImportOptions, ImportReport } from './import-options.ts';
import type { ImportJob } from './job.ts';
import { notesOn, notesOnHeldOut } from './notes.ts';
import { createdBy } from './new-fields/new-fields.ts';
import { planWithNewFields } from './plan-import.ts';
import { requireMirrorable, requireSomebody } from './mirror.ts';
import { requirePreset } from './presets/find-preset.ts';
import { type KnownTable, knownTable } from './presets/preset-table.ts';
import type { StoreFacts } from './store-facts.ts';
import { RejectedKeys } from './rejected-keys.ts';
import { Rejects, rejectsPath } from './rejects.ts';
import { openSource } from './open-source.ts';
import { withValues } from './set-columns.ts';
import type { Source } from './source.ts';
import { stageRows } from './stage-rows.ts';
import { openTable } from './open-table.ts';
import type { Table } from './table.ts';

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

/**
 * Imports a file of members: every contact whom a row names joins the segments of the options. Only
 * the key is read, and consent. Contacts that are not there are rejected, or made with
 * `createContacts`; see `importContacts`.
 */
export async function importMembers(
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  const mode = options.createContacts === true ? 'upsert' : 'update';
  return importFile(store, 'segment', file, { ...options, mode }, context);
}

/**
 * Imports a list of e-mail addresses that must not be reached, whether a contact has them or not;
 * see `importContacts`. An address that is suppressed already stays as it is.
 */
export async function importSuppressions(
  store: Store,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  return importFile(store, 'suppressions', file, options, context);
}

async function importFile(
  store: Store,
  kind: ImportKind,
  file: string,
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const source = await openFile(file, options, context);
  try {
    const opened = await openTable(source, options);
    const facts = await readFacts(store, (options.channels ?? []).map(expectNewChannel));
    const segments = chooseSegments(kind, facts, options);
    if (opened.header.length === 0) {
      if (options.mirror === true) requireSomebody(0, source.name);
      await (await rejectsOf(store, source, opened, options)).commit();
      return nothingIn(startedAt);
    }
    const known = await knownBy(kind, opened, options);
    const { newFields, plan } = await planWithNewFields(kind, known, facts, options);
    const figures = await importTable(store, {
      kind,
      source,
      hash: await hashOf(source),
      table: known.table,
      preset: known.preset,
      plan,
      newFields,
      facts,
      segments,
      rejectedKeys: options.mirror === true ? new RejectedKeys(source.name) : undefined,
      options,
      context,
    });
    return {
      ...figures,
      ms: Math.round(performance.now() - startedAt),
      columns: plan.columns,
      createdFields: createdBy(newFields),
    };
  } finally {
    await source.close();
  }
}

/** What is wrong with the options is told before anything that is wrong with the file. */
async function openFile(
  file: string,
  { preset }: ImportOptions,
  { stdin, progress }: ImportContext,
): Promise<Source> {
  requirePreset(preset);
  return openSource(file, stdin, (bytes) => progress?.({ kind: 'receiving', bytes }));
}

async function rejectsOf(
  store: Store,
  source: Source,
  table: Table,
  { rejects, dryRun = false }: ImportOptions,
): Promise<Rejects> {
  const path = await rejectsPath(source, rejects, store, table.notation.kind);
  return new Rejects(path, table, dryRun);
}

/** The table as the system that wrote it means it, with the values that every row gets. */
async function knownBy(
  kind: ImportKind,
  table: Table,
  { preset, set = [] }: ImportOptions,
): Promise<KnownTable> {
  const hasPeople = kind === 'contacts' || kind === 'segment' || kind === 'suppressions';
  const known = hasPeople ? await knownTable(table, preset) : { table };
  return { ...known, table: withValues(known.table, set) };
}

/** The report on a file of objects that has none: nothing to do is no error. */
function nothingIn(startedAt: number): ImportReport {
  return {
    importId: null,
    rows: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    merged: 0,
    rejected: 0,
    rejectsFile: null,
    segmentAdded: 0,
    heldOut: 0,
    left: 0,
    leftOut: 0,
    cleaned: 0,
    companiesUpdated: 0,
    consentKept: 0,
    strayQuotes: 0,
    reasons: [],
    samples: [],
    preset: null,
    notes: [],
    triggers: [],
    columns: [],
    createdFields: [],
    ms: Math.round(performance.now() - startedAt),
  };
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

/** `UserError` (2) where the file has no contacts of its own to put there. */
function chooseSegments(
  kind: ImportKind,
  { segments }: StoreFacts,
  options: ImportOptions,
): SegmentRow[] {
  const isWanted = (options.segments ?? []).length > 0 || options.mirror === true;
  if (isWanted && kind !== 'contacts' && kind !== 'segment')
    throw new UserError('NO_SEGMENTS', EXIT.usage, `a file of ${kind} puts nobody into segments`, {
      hint: 'files of contacts and of members do',
    });
  const chosen = (options.segments ?? []).map((alias) => pickSegment(segments, alias));
  for (const segment of chosen) {
    requireMayTouch(segment, 'import', 'join');
    if (options.mirror === true) requireMirrorable(segment);
  }
  return [...new Set(chosen)];
}

async function importTable(
  store: Store,
  job: ImportJob,
): Promise<Omit<ImportReport, 'ms' | 'columns' | 'createdFields'>> {
  const { source, table, plan, options } = job;
  const rejects = await rejectsOf(store, source, table, options);
  const stage = await store.stage(plan.shape);
  try {
    const rows = await stageRows(stage, rejects, job);
    if (options.mirror === true) requireSomebody(rows, source.name);
    await rejects.requireTolerable(rows, options.maxRejects);
    const outcome = await applyStage(store, stage, rejects, rows, job);
    const { importId, applied, segmentAdded, heldOut, left, triggers } = outcome;
    const { inserted, updated, unchanged, merged, consentKept } = applied;
    const { companiesUpdated = 0, leftOut = 0 } = applied;
    const rejectsFile = await rejects.commit();
    return {
      importId: options.dryRun === true ? null : importId,
      rows,
      inserted,
      updated,
      unchanged,
      merged,
      rejected: rejects.count,
      rejectsFile,
      segmentAdded,
      heldOut: countHeldOut(heldOut),
      left,
      leftOut,
      cleaned: plan.cleaned.total,
      companiesUpdated,
      consentKept,
      strayQuotes: table.strayQuotes,
      reasons: rejects.reasons.list,
      samples: rejects.samples,
      preset: job.preset ?? null,
      notes: [...notesOn(job, rejects), ...notesOnHeldOut(heldOut)],
      triggers,
    };
  } finally {
    await rejects.discard();
    await stage.drop();
  }
}
