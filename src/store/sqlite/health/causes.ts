import { sql } from 'drizzle-orm';
import type { CauseTroubles } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { countedCauses, recounting } from '../delta/causes.ts';
import { seek, shellCommand } from './trouble.ts';

/** Reads every membership, pin and interval once. */
export function causeTroubles(db: SqliteDatabase): CauseTroubles {
  db.raw.exec(
    'create temp table if not exists counted_causes (id integer primary key, open integer, uses integer)',
  );
  db.run(sql`delete from temp.counted_causes`);
  db.run(sql`insert into temp.counted_causes (id, open, uses) ${sql.raw(COUNTED)}`);
  return {
    lost: seek(db, {
      columns: sql`id as cause, uses + 1 as rows`,
      from: sql`temp.counted_causes where id not in (select id from causes)`,
      remedy: shellCommand(db, `${MAKE_LOST}; ${recounting()}`),
    }),
    miscounted: seek(db, {
      columns: sql`
        causes.id as cause, causes.open, counted_causes.open as open_counted, causes.uses,
        counted_causes.uses as uses_counted`,
      from: sql`
        temp.counted_causes cross join causes using (id)
        where causes.open <> counted_causes.open or causes.uses <> counted_causes.uses`,
      remedy: undefined,
    }),
  };
}

const COUNTED = `select id, open, uses from ${countedCauses()}`;

/** Causes in the place of those that are lost, which say that nobody knows any more. */
const MAKE_LOST =
  'insert into causes (id, segment_id, at, via) ' +
  "select cause_id, min(segment_id), strftime('%s', 'now') * 1000, 'unknown' from (" +
  'select cause_id, segment_id from joined ' +
  'union all select cause_id, segment_id from pins where cause_id is not null ' +
  'union all select joined_cause, segment_id from joined_history ' +
  'union all select left_cause, segment_id from joined_history' +
  ') where cause_id not in (select id from causes) group by cause_id';
