import { type SQL, sql } from 'drizzle-orm';
import type { Page } from '../../query.ts';
import type { RunRow, RunSegmentRow, RunStatus } from '../../rows.ts';
import type { RunMoves, RunsReader, RunsWriter } from '../../runs.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name, rowsOf, upTo } from '../sql-parts.ts';
import { insertRow, selectRows, updateRows } from '../table-rows.ts';
import { ALWAYS, notLookedUp } from '../words.ts';
import { withinReach } from '../reach.ts';
import { idsInOrder, isOneOf } from './in-order.ts';
import { runs, runSegments } from '../schema.ts';

export function runsTable(db: SqlDatabase): RunsWriter {
  return {
    ...runsReader(db),

    async begin(command, now, startedAt, { beside = false } = {}) {
      // rule: beside
      if (!beside) await interruptRuns(db, command);
      return withinReach(db, 'runs.id', await insertRow(db, runs, { command, now, startedAt }));
    },

    recordDue: async (runId, due) => updateRun(db, runId, due),
    recordSegments: async (runId, rows) => recordSegments(db, runId, rows),
    finish: async (runId, status, totals, finishedAt, ms) =>
      updateRun(db, runId, { status, ...totals, finishedAt, ms }),
    prune: async (startedBefore) => pruneRuns(db, startedBefore),
  };
}

function runsReader(db: SqlDatabase): RunsReader {
  return {
    list: async (page) => listRuns(db, page),
    order: async ({ after, limit }, { by, descends }) => {
      const rank = name(by === 'pins_ended' ? 'ended_pins' : by);
      const rows = sql`select id, ${rank} as rank from runs where ${isOlder(after)}`;
      return idsInOrder(db, rows, { descends }, limit);
    },
    count: async ({ after }) =>
      db.value<number>(sql`select count(*) from runs where ${isOlder(after)}`),
    find: async (id) => (await selectRows(db, runs, sql`where id = ${id}`))[0],
    last: async (command, status) => lastRun(db, command, status),
    segments: async (runId) => segmentsOf(db, runId),
    moves: async (run, via) => movesOf(db, run, via),
    ofSegment: async (segmentId, limit) => runsOf(db, segmentId, limit),
  };
}

function isOlder(after: number | undefined): SQL {
  return after === undefined ? ALWAYS : sql`id < ${after}`;
}

async function listRuns(
  db: SqlDatabase,
  { after, limit, ids }: Page & { readonly ids?: readonly number[] },
): Promise<RunRow[]> {
  const which = sql`${isOlder(after)} and ${isOneOf(ids)}`;
  return selectRows(db, runs, sql`where ${which} order by id desc ${upTo(limit)}`);
}

async function lastRun(
  db: SqlDatabase,
  command: string,
  status?: RunStatus,
): Promise<RunRow | undefined> {
  const which =
    status === undefined
      ? sql`${notLookedUp(sql`command`)} = ${command}` // by id: the newest is found at once
      : sql`command = ${command} and status = ${status}`;
  const [last] = await selectRows(db, runs, sql`where ${which} order by id desc limit 1`);
  return last;
}

async function segmentsOf(db: SqlDatabase, runId: number): Promise<RunSegmentRow[]> {
  const rows = await selectRows(db, runSegments, sql`where run_id = ${runId} order by segment_id`);
  return rows.map(toRunSegment);
}

/** The causes of a run have its clock, by which there is an index. */
async function movesOf(db: SqlDatabase, { id, now }: Pick<RunRow, 'id' | 'now'>, via: string) {
  return db.all<RunMoves>(sql`
    select
      coalesce(words.word, '') as name, causes.segment_id as "segmentId",
      sum(causes.joined) as joined, sum(causes."left") as "left"
    from causes
    left join cause_words as words on words.id = causes.name
    where causes.at = ${now} and causes.run_id = ${id} and causes.via = ${via}
    group by causes.name, words.word, causes.segment_id
    order by min(causes.id)`);
}

async function runsOf(db: SqlDatabase, segmentId: number, limit: number) {
  const rows = await selectRows(
    db,
    runSegments,
    sql`
      where segment_id = ${segmentId} and run_id in (select id from runs)
      order by run_id desc
      limit ${limit}`,
  );
  const ids = rows.map(({ runId }) => runId);
  const clocks = new Map(
    (await selectRows(db, runs, sql`where id in ${idSet(ids)}`)).map(({ id, now }) => [id, now]),
  );
  return rows.map((row) => ({
    ...toRunSegment(row),
    runId: row.runId,
    now: clocks.get(row.runId) ?? 0,
  }));
}

/** A run of this command that has not ended died: the run lock says that none is at work. */
async function interruptRuns(db: SqlDatabase, command: string): Promise<void> {
  const isRunning = sql`command = ${command} and status = 'running'`;
  await updateRows(db, runs, { status: 'interrupted' }, isRunning);
}

async function updateRun(db: SqlDatabase, runId: number, columns: Partial<RunRow>): Promise<void> {
  await updateRows(db, runs, columns, sql`id = ${runId}`);
}

async function recordSegments(
  db: SqlDatabase,
  runId: number,
  rows: readonly RunSegmentRow[],
): Promise<void> {
  const given = rows.map(({ segmentId, error, ...row }) => ({
    ...{ ...row, segment_id: segmentId },
    ...{ error_code: error?.code ?? null, error_message: error?.message ?? null },
  }));
  await db.run(sql`
    insert into run_segments (
      run_id, segment_id, status, mode, reason, joined, "left", members, ms,
      error_code, error_message
    )
    select
      ${runId}, segment_id, status, mode, reason, joined, "left", members, ms,
      error_code, error_message
    from ${rowsOf(given, RUN_SEGMENT_COLUMNS)} as given`);
}

const RUN_SEGMENT_COLUMNS = {
  segment_id: 'bigint',
  status: 'text',
  mode: 'text',
  reason: 'text',
  joined: 'bigint',
  left: 'bigint',
  members: 'bigint',
  ms: 'bigint',
  error_code: 'text',
  error_message: 'text',
} as const;

async function pruneRuns(db: SqlDatabase, startedBefore: number): Promise<void> {
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
