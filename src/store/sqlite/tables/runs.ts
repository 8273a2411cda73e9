import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Page } from '../../query.ts';
import type { RunRow, RunSegmentRow, RunStatus } from '../../rows.ts';
import type { RunMoves, RunsReader, RunsWriter } from '../../runs.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { withinReach } from '../connection/reach.ts';
import { idsInOrder, isOneOf } from './in-order.ts';
import { runs, runSegments } from '../connection/schema.ts';

export function runsTable(db: SqliteDatabase): RunsWriter {
  return {
    ...runsReader(db),

    async begin(command, now, startedAt, { beside = false } = {}) {
      // rule: beside
      if (!beside) interruptRuns(db, command);
      const { id } = db.orm
        .insert(runs)
        .values({ command, now, startedAt })
        .returning({ id: runs.id })
        .get();
      return withinReach(db, 'runs.id', id);
    },

    recordDue: async (runId, due) => updateRun(db, runId, due),
    recordSegments: async (runId, rows) => recordSegments(db, runId, rows),
    finish: async (runId, status, totals, finishedAt, ms) =>
      updateRun(db, runId, { status, ...totals, finishedAt, ms }),
    prune: async (startedBefore) => pruneRuns(db, startedBefore),
  };
}

function runsReader(db: SqliteDatabase): RunsReader {
  return {
    list: async (page) => listRuns(db, page),
    order: async ({ after, limit }, { by, descends }) => {
      const rank = name(by === 'pins_ended' ? 'ended_pins' : by);
      const rows = sql`select id, ${rank} as rank from runs where ${isOlder(after)}`;
      return idsInOrder(db, rows, { descends }, limit);
    },
    count: async ({ after }) =>
      db.value<number>(sql`select count(*) from runs where ${isOlder(after)}`),
    find: async (id) => db.orm.select().from(runs).where(eq(runs.id, id)).get(),
    last: async (command, status) => lastRun(db, command, status),
    segments: async (runId) => segmentsOf(db, runId),
    moves: async (run, via) => movesOf(db, run, via),
    ofSegment: async (segmentId, limit) => runsOf(db, segmentId, limit),
  };
}

function isOlder(after: number | undefined): SQL {
  return after === undefined ? sql`1` : sql`${runs.id} < ${after}`;
}

function listRuns(
  db: SqliteDatabase,
  { after, limit, ids }: Page & { readonly ids?: readonly number[] },
): RunRow[] {
  return db.orm
    .select()
    .from(runs)
    .where(and(isOlder(after), isOneOf(ids)))
    .orderBy(desc(runs.id))
    .limit(limit ?? -1)
    .all();
}

function lastRun(db: SqliteDatabase, command: string, status?: RunStatus): RunRow | undefined {
  return db.orm
    .select()
    .from(runs)
    .where(
      status === undefined
        ? sql`+${runs.command} = ${command}`
        : and(eq(runs.command, command), eq(runs.status, status)),
    ) // by id, without the index: the newest is found at once
    .orderBy(desc(runs.id))
    .limit(1)
    .get();
}

function segmentsOf(db: SqliteDatabase, runId: number): RunSegmentRow[] {
  return db.orm
    .select()
    .from(runSegments)
    .where(eq(runSegments.runId, runId))
    .orderBy(runSegments.segmentId)
    .all()
    .map(toRunSegment);
}

/** The causes of a run have its clock, by which there is an index. */
async function movesOf(db: SqliteDatabase, { id, now }: Pick<RunRow, 'id' | 'now'>, via: string) {
  return db.all<RunMoves>(sql`
    select
      coalesce(words.word, '') as name, causes.segment_id as "segmentId",
      sum(causes.joined) as joined, sum(causes."left") as "left"
    from causes
    left join cause_words as words on words.id = causes.name
    where causes.at = ${now} and causes.run_id = ${id} and causes.via = ${via}
    group by causes.name, causes.segment_id
    order by min(causes.id)`);
}

function runsOf(db: SqliteDatabase, segmentId: number, limit: number) {
  return db.orm
    .select({ run: runs, row: runSegments })
    .from(runs)
    .innerJoin(
      runSegments,
      and(eq(runSegments.runId, runs.id), eq(runSegments.segmentId, segmentId)),
    )
    .orderBy(desc(runs.id))
    .limit(limit)
    .all()
    .map(({ run, row }) => ({ ...toRunSegment(row), runId: run.id, now: run.now }));
}

/** A run of this command that has not ended died: the run lock says that none is at work. */
function interruptRuns(db: SqliteDatabase, command: string): void {
  db.orm
    .update(runs)
    .set({ status: 'interrupted' })
    .where(and(eq(runs.command, command), eq(runs.status, 'running')))
    .run();
}

function updateRun(db: SqliteDatabase, runId: number, columns: Partial<RunRow>): void {
  db.orm.update(runs).set(columns).where(eq(runs.id, runId)).run();
}

async function recordSegments(
  db: SqliteDatabase,
  runId: number,
  rows: readonly RunSegmentRow[],
): Promise<void> {
  await db.run(sql`
    insert into run_segments (
      run_id, segment_id, status, mode, reason, joined, "left", members, ms,
      error_code, error_message
    )
    select
      ${runId}, value ->> 'segmentId', value ->> 'status', value ->> 'mode', value ->> 'reason',
      value ->> 'joined', value ->> 'left', value ->> 'members', value ->> 'ms',
      value -> 'error' ->> 'code', value -> 'error' ->> 'message'
    from json_each(${JSON.stringify(rows)})`);
}

async function pruneRuns(db: SqliteDatabase, startedBefore: number): Promise<void> {
  await db.run(sql`
    delete from run_segments
    where run_id in (select id from runs where started_at < ${startedBefore})`);
  await db.run(sql`delete from runs where started_at < ${startedBefore}`);
}

function toRunSegment({
  segmentId,
  status,
  mode,
  reason,
  joined,
  left,
  members,
  ms,
  errorCode,
  errorMessage,
}: typeof runSegments.$inferSelect): RunSegmentRow {
  const error = errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' };
  return { segmentId, status, mode, reason, joined, left, members, ms, error };
}
