import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { RunSegmentRow } from '../../rows.ts';
import type { RunsWriter } from '../../runs.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { withinReach } from '../connection/reach.ts';
import { runs, runSegments } from '../connection/schema.ts';

export function runsTable(db: SqliteDatabase): RunsWriter {
  return {
    async list({ after, limit }) {
      return db.orm
        .select()
        .from(runs)
        .where(after === undefined ? undefined : lt(runs.id, after))
        .orderBy(desc(runs.id))
        .limit(limit ?? -1)
        .all();
    },

    async find(id) {
      return db.orm.select().from(runs).where(eq(runs.id, id)).get();
    },

    async last(command, status) {
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
    },

    async segments(runId) {
      return db.orm
        .select()
        .from(runSegments)
        .where(eq(runSegments.runId, runId))
        .orderBy(runSegments.segmentId)
        .all()
        .map(toRunSegment);
    },

    async ofSegment(segmentId, limit) {
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
    },

    async begin(command, now, startedAt, { beside = false } = {}) {
      // rule: beside
      if (!beside)
        db.orm
          .update(runs)
          .set({ status: 'interrupted' })
          .where(and(eq(runs.command, command), eq(runs.status, 'running')))
          .run();
      const { id } = db.orm
        .insert(runs)
        .values({ command, now, startedAt })
        .returning({ id: runs.id })
        .get();
      return withinReach(db, 'runs.id', id);
    },

    async recordDue(runId, due) {
      db.orm.update(runs).set(due).where(eq(runs.id, runId)).run();
    },

    async recordSegments(runId, rows) {
      db.run(sql`
        insert into run_segments (run_id, segment_id, status, mode, reason, joined, "left", members, ms, error_code, error_message)
        select
          ${runId}, value ->> 'segmentId', value ->> 'status', value ->> 'mode', value ->> 'reason', value ->> 'joined', value ->> 'left',
          value ->> 'members', value ->> 'ms', value -> 'error' ->> 'code', value -> 'error' ->> 'message'
        from json_each(${JSON.stringify(rows)})`);
    },

    async finish(runId, status, totals, finishedAt, ms) {
      db.orm
        .update(runs)
        .set({ status, ...totals, finishedAt, ms })
        .where(eq(runs.id, runId))
        .run();
    },

    async prune(startedBefore) {
      db.run(
        sql`delete from run_segments where run_id in (select id from runs where started_at < ${startedBefore})`,
      );
      db.run(sql`delete from runs where started_at < ${startedBefore}`);
    },
  };
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
