import type { Deleting } from './members.ts';
import type { OrderedReader, Page } from './query.ts';
import type { ApplyOptions, Applied, Stage, StagedReject } from './staging.ts';

export type ImportKind = 'contacts' | 'companies' | 'events' | 'segment' | 'suppressions';

/** What is known of an import before it writes. */
export interface ImportBeginning {
  readonly kind: ImportKind;
  readonly file: string;
  /** SHA-256 of the file, in hexadecimal digits; null for imports before version 8 of the store. */
  readonly hash: string | null;
  readonly by: string | null;
  /** The options that were given, and what they did beside the figures, as a JSON object. */
  readonly options: string;
  readonly runId: number | null;
  /** Epoch ms. */
  readonly finishedAt: number;
}

/** What came of an import, in rows of its file, and in memberships that began and ended. */
export interface ImportFigures {
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly rejected: number;
  readonly segmentAdded: number;
  readonly heldOut: number;
  readonly left: number;
}

export interface ImportRow extends ImportBeginning, ImportFigures {
  readonly id: number;
  /**
   * Since when (epoch ms, by the system's clock) it is known what it made, so that it can be taken
   * back; null when that is forgotten.
   */
  readonly keptSince: number | null;
  /** Epoch ms. */
  readonly undoneAt: number | null;
}

/** What an import did in one segment, and how many of those who joined are still there by it. */
export interface ImportedSegment {
  readonly segmentId: number;
  readonly joined: number;
  readonly left: number;
  readonly open: number;
  /** Pins that stand by it. */
  readonly pinned: number;
}

/** A contact who is in no longer, and the import by which it had joined, if it was one. */
export interface LeftContact {
  readonly contactId: number;
  readonly joinedByImport: number | null;
}

/** What imports can be sorted by. */
export const IMPORT_KEYS: readonly string[] = [
  ...['id', 'kind', 'file', 'finished_at', 'by', 'rows', 'inserted', 'updated', 'unchanged'],
  ...['merged', 'rejected', 'segment_added', 'held_out', 'left', 'undone_at', 'hash'],
];

/** Its list is newest first; `after` an import come older ones. */
export interface ImportsReader extends OrderedReader<Page, ImportRow> {
  find(id: number): Promise<ImportRow | undefined>;
  /** By segment id; segments that were deleted are left out. */
  segments(id: number): Promise<ImportedSegment[]>;
  /** The contacts who are in a segment by this import, by id. */
  joinedBy(id: number, segmentId: number, page: Page): Promise<number[]>;
  /**
   * The contacts whom this import made join or leave a static segment and who are not in it, by id,
   * if they would be in it without this import and those that were taken back.
   */
  withoutIt(id: number, segmentId: number, page: Page): Promise<LeftContact[]>;
  /** The contacts whose pin in a segment stands by this import, by id. */
  pinnedBy(id: number, segmentId: number): Promise<number[]>;
}

/** What an import made: records that nothing else has touched, and the others. */
export interface MadeRecords {
  readonly contacts: number;
  readonly companies: number;
  readonly events: number;
  /** Contacts and companies that stay, because something else refers to them or changed them. */
  readonly kept: number;
}

/** Who takes an import back, and when; the file is that of the import. */
export type TakingBack = Pick<Deleting, 'now' | 'by'> & { readonly file: string };

export interface ImportsWriter extends ImportsReader {
  /** Writes down that an import begins; gives its id. `keptSince` is the system's clock. */
  begin(row: ImportBeginning & { readonly keptSince: number }): Promise<number>;
  /** `options` take the place of those that it began with. */
  finish(id: number, figures: ImportFigures & { readonly options?: string }): Promise<void>;
  /**
   * Applies every staged row that can be, in sets. A rejected row leaves nothing; whoever finds the
   * rejects too many throws, and the transaction takes all of it back.
   */
  apply(stage: Stage, options: ApplyOptions): Promise<Applied>;
  /** The rows that were refused, in line order, after line `after`. */
  rejects(
    stage: Stage,
    query: { readonly after: number; readonly limit: number },
  ): Promise<StagedReject[]>;
  /**
   * The ids of the contacts that the applied rows stand for, in id order, after `after`: all rows,
   * or those that asked for this segment.
   */
  contactIds(
    stage: Stage,
    query: { readonly segmentId?: number; readonly after?: number; readonly limit: number },
  ): Promise<number[]>;
  /**
   * The contacts, by id, who have any unique value of a staged row that was refused and is about
   * nobody.
   */
  holders(stage: Stage): Promise<number[]>;
  /**
   * The members of a segment, by id, whom no staged row stands for, applied or refused, and who are
   * not among `staying`.
   */
  strays(
    stage: Stage,
    segmentId: number,
    staying: readonly number[],
    page: { readonly after: number; readonly limit: number },
  ): Promise<number[]>;
  /** Keeps the removals of these contacts, which the import is about to override. */
  keepRemovals(id: number, segmentId: number, contactIds: readonly number[]): Promise<void>;
  /** Forgets which removals of these contacts imports have overridden. */
  forgetRemovals(segmentId: number, contactIds: readonly number[]): Promise<void>;
  /** Finds the records that the import made and nothing else has touched since. */
  findUntouched(id: number): Promise<MadeRecords>;
  /** Deletes what `findUntouched` found last; to be called in the same transaction. */
  deleteUntouched(deleting: Deleting): Promise<void>;
  /** Takes off the tags that the import gave, and gives back those that it took; gives how many. */
  revertTags(id: number): Promise<number>;
  /** Puts the removals back that the import overrode, where no pin stands; gives how many. */
  restoreRemovals(id: number): Promise<number>;
  /**
   * Takes back what the import did in segments that were deleted and can be restored; gives how many
   * memberships and decisions that changes.
   */
  undoInDeleted(id: number, undoing: TakingBack): Promise<number>;
  markUndone(id: number, now: number): Promise<void>;
  /** Forgets what imports made that are kept since before this instant (epoch ms). */
  forget(keptBefore: number): Promise<void>;
}
