import type { SQL } from 'drizzle-orm';
import type { LogReach, Watermark } from '../changes.ts';
import type { Log, MemberLog } from './delta/log.ts';
import type { Condition } from '../../sql/condition.ts';
import type { ShellScript } from '../records.ts';
import type { Value } from '../rows.ts';

export type RecordTable = 'contacts' | 'companies';
export type IdTable = RecordTable | 'events';

/** What each database does in its own way, as statements ask for it that are the same for all. */
export interface Ways {
  /** Makes what watches over the tables what the fields of today ask for; ends all DDL of ours. */
  restoreCapture(): Promise<void>;

  /**
   * Runs `work`, which will touch `touched` of `total` contacts, and tells it whether that is a bulk
   * load: such a one is not logged row by row but forgotten about.
   */
  capturing(
    touched: number,
    total: number,
    work: (isBulk: boolean) => Promise<void>,
  ): Promise<void>;

  /**
   * Runs `insert`, which makes contacts of ids behind `last` in a bulk load, and sees to it that what
   * stands against their values holds for them.
   */
  insertingUnwatched(last: number, insert: () => Promise<void>): Promise<void>;

  /**
   * Notes that who changed until now has all that stands for them: nobody is to look at them again
   * for that, who may be many after an import.
   */
  markSettled(): Promise<void>;

  /** Where the log of changes is read. */
  readonly log: Log;

  readonly memberLog: MemberLog;

  /** What is logged from now on comes under another watermark; undefined where the log cannot be read. */
  proceed(): Promise<Watermark | undefined>;

  /** The watermark of now, as SQL. */
  readonly watermark: SQL;

  /** How far the log reaches back. */
  reach(): Promise<LogReach>;

  /** Until the transaction ends, a temporary view stands before the table of its name. */
  showTemporary(): Promise<void>;
  /**
   * The memberships of a segment that began between two instants, as the right side of a join that
   * knows them as `joined`.
   */
  joinedBetween(segmentId: number, low: SQL, high: SQL): Promise<SQL>;

  /** What fills the temporary tables of a new stage. */
  fillStage(): Filler;

  /** Has the planner look at what a temporary table holds, where it does not know by itself. */
  analyze(table: SQL): Promise<void>;

  /** The last ids that were given to records, even if these are gone, by table. */
  lastIds(): Promise<Readonly<Record<IdTable, number>>>;

  /**
   * Gives those rows of `found`, a table of a stage, that insert a record its id, as `record_id`: ids
   * that nobody else gets, behind `last`, in the order of the rows. Gives how many.
   */
  giveIds(found: SQL, table: RecordTable, last: number): Promise<number>;

  /** The statement that finds these contacts as text for the database's own shell. */
  shellScript(where: Condition): Promise<ShellScript>;

  /** A command line of the database's own shell that runs these statements. */
  shellCommand(statements: SQL): string;

  /** Rows for people: an integer that no JavaScript number holds is a bigint. */
  exactRows(query: SQL): Promise<Record<string, Value | bigint>[]>;
}

/** Fills the tables of one stage. */
export interface Filler {
  /** Adds a row, with a value for each of the table's columns; only in what `together` runs. */
  add(table: string, row: readonly (string | number | null)[]): void;
  /** Runs `work`, which adds rows: in the end all of them are there, or none. */
  together(work: () => void): Promise<void>;
  /** Drops these tables, as far as they are there; safe to call twice. */
  drop(tables: readonly string[]): Promise<void>;
}
