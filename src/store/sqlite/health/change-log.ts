import { sql } from 'drizzle-orm';
import type { Trouble } from '../../health.ts';
import { triggersOf } from '../delta/capture.ts';
import { isRowSound, KINDS } from '../delta/capture-row.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../../sql/sql-parts.ts';
import { seek, shellCommand } from '../../sql/health/trouble.ts';

/** The recording of changes. */
export interface CaptureState {
  /** Names of triggers. */
  readonly missing: readonly string[];
  readonly different: readonly string[];
  /**
   * False: the row that the triggers go by is gone, is there twice, or has numbers that cannot be
   * counted up.
   */
  readonly isSound: boolean;
  /** False: bulk loads have switched it off, and nobody has switched it on again. */
  readonly isOn: boolean;
  /**
   * Whether nobody but rollcall has changed the schema since it last looked: what is wrong with it
   * is put right when it sees a change.
   */
  readonly isSchemaKnown: boolean;
  /** Makes the next run look at the schema. */
  readonly remedy: string;
}

/** The log of changes against what segments have seen of it. */
export interface LogState {
  /** Entries of an epoch that is still to come: a watermark of now would not cover them. */
  readonly ahead: Trouble;
  /** Ids of segments that claim to have seen what has not been logged yet. */
  readonly segmentsAhead: readonly number[];
  /** Entries that every segment has seen. */
  readonly seenByAll: number;
  /** Kinds of changes for which the store does not say how far back the log has them. */
  readonly kinds: Trouble;
}

export async function captureState(db: SqliteDatabase): Promise<CaptureState> {
  const { wanted, standing } = await triggersOf(db);
  const capture = await db.get<{ bulk: number; isKnown: number }>(sql`
    select bulk, schema_version = (select schema_version from pragma_schema_version) as "isKnown"
    from capture`);
  return {
    missing: [...wanted.keys()].filter((trigger) => !standing.has(trigger)),
    different: [...standing].flatMap(([trigger, text]) =>
      wanted.get(trigger) === text ? [] : [trigger],
    ),
    isSound: await isRowSound(db),
    isOn: capture?.bulk === 0,
    isSchemaKnown: capture?.isKnown === 1,
    remedy: shellCommand(db, 'update capture set schema_version = -1'),
  };
}

/** All entries of the log. */
const LOGGED = sql`(
  select epoch, kind, id from contact_changes
  union all
  select epoch, 'member' as kind, id from member_changes
)`;

export async function logState(db: SqliteDatabase): Promise<LogState> {
  const forget =
    'delete from contact_changes where epoch > (select epoch from capture); ' +
    'delete from member_changes where epoch > (select epoch from capture); ' +
    'update capture set schema_version = -1';
  return {
    ahead: await seek(db, {
      columns: sql`epoch, kind, id`,
      from: sql`${LOGGED} where epoch > (select epoch from capture)`,
      remedy: shellCommand(db, forget),
    }),
    segmentsAhead: await db.pluck<number>(sql`
      select segments.id
      from segments, capture
      where seen_epoch > epoch or bulk_epoch > epoch
      order by segments.id`),
    seenByAll: await db.value<number>(sql`
      select count(*)
      from ${LOGGED}
      where epoch < (
        select coalesce(min(seen_epoch), 0)
        from segments
        where kind = 'dynamic' and published = 1
      )`),
    kinds: await seek(db, {
      columns: sql`value as kind, pruned_before`,
      from: sql`
        ${valuesOf(KINDS)}
        left join capture_kinds on kind = value
        where pruned_before is null or pruned_before > (select epoch from capture)`,
      remedy: undefined,
    }),
  };
}
