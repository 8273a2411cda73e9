import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Condition } from '../../../src/sql/condition.ts';
import type {
  Applied,
  ApplyOptions,
  BuiltStamp,
  CandidateBuild,
  CandidateQuery,
  Candidates,
  Cause,
  Difference,
  DifferencesWriter,
  FieldRow,
  NewRecord,
  PinRow,
  Reads,
  ReadTx,
  SegmentDefinition,
  Stage,
  StagedReject,
  StagedRow,
  StageShape,
  Store,
  Watermark,
  WriteTx,
} from '../../../src/store/index.ts';
import { BLANK_ATTRIBUTES } from '../../../src/store/segment-attributes.ts';

/** An empty store, and a way to open the same data again as another process would. */
export interface StoreFixture {
  readonly store: Store;
  readonly another: () => Promise<Store>;
  readonly cleanup: () => Promise<void>;
  /** Own checks that find something to say of the tests' own surroundings. */
  readonly troubled?: readonly string[];
}

export interface MakeStore {
  (): Promise<StoreFixture>;
  /** How large a part of random sequences is tried, where each statement takes longer. */
  share?: number;
}

export const NOW = Date.parse('2026-03-01T10:00:00Z');
export const DAY = 86_400_000;

/** A test over an empty store of its own. */
export function storeTest(
  makeStore: MakeStore,
  title: string,
  body: (store: Store, fixture: StoreFixture) => Promise<void>,
): void {
  test(title, async () => {
    const fixture = await makeStore();
    try {
      await body(fixture.store, fixture);
    } finally {
      await fixture.cleanup();
    }
  });
}

export function segmentNamed(
  alias: string,
  more: Partial<SegmentDefinition> = {},
): SegmentDefinition {
  return {
    alias,
    name: alias.toUpperCase(),
    kind: 'dynamic',
    filter: '{}',
    ...BLANK_ATTRIBUTES,
    ...more,
  };
}

export async function addSegment(
  tx: WriteTx,
  alias: string,
  more: Partial<SegmentDefinition> = {},
): Promise<number> {
  return tx.segments.insert(segmentNamed(alias, more), { now: NOW, by: null });
}

/** Inserts these contacts, in order; gives their ids. */
export async function addContacts(tx: WriteTx, ...records: NewRecord[]): Promise<number[]> {
  const ids: number[] = [];
  for (const record of records) ids.push(await tx.contacts.insert(record, NOW));
  return ids;
}

/** `count` contacts with `points` 0, 1, 2…; every third is anonymous. */
export async function addCrowd(tx: WriteTx, count: number): Promise<number[]> {
  return addContacts(
    tx,
    ...Array.from({ length: count }, (_, points) =>
      points % 3 === 2
        ? { points }
        : { points, email: `c${points}@example.org`, identified_at: NOW },
    ),
  );
}

export function pointsAtLeast(points: number): Condition {
  return sql`coalesce(c.points, 0) >= ${points}`;
}

export const EVERYBODY: Condition = sql`1 = 1`;
export const NOBODY: Condition = sql`1 = 0`;

export function causedBy(via: string, now: number = NOW, runId: number | null = null): Cause {
  return { via, now, runId };
}

/** Pins contacts by a cause that says what this row does. */
export async function setPins(
  tx: WriteTx,
  segment: number,
  contactIds: readonly number[],
  { kind, until, via, by, reason, createdAt }: Omit<PinRow, 'contactId'>,
): Promise<void> {
  const cause = { via, by, reason, now: createdAt, runId: null };
  await tx.pins.set(segment, contactIds, { kind, until }, cause);
}

/** The watermark of who has seen nothing, in every store. */
export const FROM_START: Watermark = '0';

/** What a full build that saw everything leaves of a segment. */
export async function stampOf(
  tx: ReadTx,
  id: number,
  more: Partial<BuiltStamp> = {},
): Promise<BuiltStamp> {
  return {
    id,
    joined: 0,
    left: 0,
    seen: await tx.changes.watermark(),
    bounds: '[]',
    fingerprint: 'as it was',
    ...more,
  };
}

export async function memberIds(tx: ReadTx, segmentId: number, asOf?: number): Promise<number[]> {
  return (await tx.members.list(segmentId, { asOf })).map((member) => member.contactId);
}

export async function getField(
  tx: ReadTx,
  alias: string,
  object: FieldRow['object'] = 'contact',
): Promise<FieldRow> {
  const field = (await tx.fields.list()).find(
    (candidate) => candidate.object === object && candidate.alias === alias,
  );
  if (field === undefined) throw new Error(`no field ${alias}`);
  return field;
}

/** The counters of every segment are what counting its members anew gives. */
export async function expectTrueCounters(tx: ReadTx): Promise<void> {
  for (const { id, members, anonymous } of await tx.segments.list()) {
    const rows = await tx.contacts.list({ segmentId: id }, ['identified_at']);
    const counted = {
      members: rows.length,
      anonymous: rows.filter((row) => row['identified_at'] === null).length,
    };
    expect({ id, members, anonymous }).toEqual({ id, ...counted });
    expect(await tx.members.count(id)).toBe(rows.length);
  }
  const { lost, miscounted } = await (await tx.health()).causes();
  expect([lost.examples, miscounted.examples]).toEqual([[], []]);
}

/** What an import did: counts, and the rejects themselves. */
export type Imported = Omit<Applied, 'rejected'> & { readonly rejects: readonly StagedReject[] };

/**
 * Stages the rows and applies them in a transaction of their own; every row is in one count, or
 * among the rejects.
 */
export async function importRows(
  store: Store,
  shape: StageShape,
  rows: readonly StagedRow[],
  options: Partial<ApplyOptions> = {},
): Promise<Imported> {
  const stage = await store.stage(shape);
  try {
    return await applyRows(store, stage, rows, options);
  } finally {
    await stage.drop();
  }
}

/** What imports made is kept under their ids: no two have the same. */
let lastImport = 0;

export async function applyRows(
  store: Store,
  stage: Stage,
  rows: readonly StagedRow[],
  options: Partial<ApplyOptions> = {},
): Promise<Imported> {
  await stage.add(rows);
  return store.write(async (tx) => {
    const { rejected, ...applied } = await tx.imports.apply(stage, {
      mode: 'upsert',
      now: NOW,
      importId: (lastImport += 1),
      ...options,
    });
    const rejects = await allRejects(tx, stage);
    expect(rejects.length).toBe(rejected);
    expect(applied.inserted + applied.updated + applied.unchanged + applied.merged + rejected).toBe(
      rows.length,
    );
    return { ...applied, rejects };
  });
}

async function allRejects(tx: WriteTx, stage: Stage): Promise<StagedReject[]> {
  const rejects: StagedReject[] = [];
  for (
    let page = await tx.imports.rejects(stage, { after: 0, limit: 2 });
    page.length > 0;
    page = await tx.imports.rejects(stage, { after: page.at(-1)!.line, limit: 2 })
  )
    rejects.push(...page);
  return rejects;
}

/** What an import reports, short: `{ inserted: 2 }` for two rows inserted and no others. */
export function counts({
  rejects = [],
  consent: _,
  ...applied
}: Partial<Imported & Applied>): Record<string, number> {
  return Object.fromEntries(
    Object.entries({ rejected: rejects.length, ...applied }).filter(([, count]) => count > 0),
  );
}

/** What a filter reads that reads this and nothing else. */
export function reading(some: Partial<Reads>): Reads {
  return { profile: [], company: false, tags: false, consent: false, eventTypes: [], ...some };
}

/** That of one which reads all standard fields of contacts. */
export const PROFILE = reading({ profile: Array.from({ length: 27 }, (_, index) => index + 1) });

/** That of one which reads all there is. */
export const ALL = reading({
  ...PROFILE,
  company: true,
  tags: true,
  consent: true,
  eventTypes: ['évènement'],
});

/** Makes the members what they should be: proposes the difference and applies it. */
export async function rebuild(
  tx: WriteTx,
  segmentId: number,
  match: Condition,
  cause: Cause,
): Promise<Difference> {
  const differences = await tx.differences();
  await differences.all(segmentId, { kind: 'match', match });
  return applied(differences, segmentId, cause);
}

/** The same where nobody but these candidates can have changed. */
export async function rebuildCandidates(
  differences: DifferencesWriter,
  candidates: Candidates,
  build: Omit<CandidateBuild, 'reads'>,
  cause: Cause,
): Promise<Difference> {
  await differences.decide(candidates, [{ ...build, reads: ALL }]);
  return applied(differences, build.segmentId, cause);
}

/** What applying all that is proposed did to one segment. */
export async function applied(
  differences: DifferencesWriter,
  segmentId: number,
  cause: Cause,
): Promise<Difference> {
  return (await differences.apply(cause)).get(segmentId) ?? { joined: 0, left: 0 };
}

/** What `rebuild` would do. */
export async function preview(
  tx: WriteTx,
  segmentId: number,
  match: Condition,
): Promise<{ readonly joining: number[]; readonly leaving: number[] }> {
  const differences = await tx.differences();
  await differences.all(segmentId, { kind: 'match', match });
  return {
    joining: await differences.ids(segmentId, 'joining', {}),
    leaving: await differences.ids(segmentId, 'leaving', {}),
  };
}

/** How many candidates are found, at most so many and one. */
export async function countCandidates(
  tx: ReadTx,
  query: CandidateQuery,
  limit = 1_000,
): Promise<number> {
  return (await (await tx.differences()).find(query, limit)).found;
}
