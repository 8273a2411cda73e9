import type { Readable } from 'node:stream';
import type { Duplicates, ImportMode } from '../store/index.ts';
import type { ColumnMapping } from './columns.ts';
import type { MaxRejects } from './max-rejects.ts';
import type { RejectSample } from './rejects.ts';

/** How a file is imported. What is left out has the value in brackets. */
export interface ImportOptions {
  /** The unique field that says which record a row is about [`email`, `name` for companies]. */
  readonly key?: string | undefined;
  /** [`upsert`] */
  readonly mode?: ImportMode | undefined;
  /** What counts of rows with one key [`last`]. */
  readonly duplicates?: Duplicates | undefined;
  /** More rejects than this, and nothing is imported [any number]. */
  readonly maxRejects?: MaxRejects | undefined;
  /** Where rejected rows go [`FILE.rejects.csv`]. */
  readonly rejects?: string | undefined;
  /** One character, or `tab` [found]. */
  readonly delimiter?: string | undefined;
  /** A name such as `windows-1252` [`utf-8`]. */
  readonly encoding?: string | undefined;
  /** `COLUMN=field,…` each. */
  readonly map?: readonly string[] | undefined;
  /** Columns to leave out. */
  readonly ignore?: readonly string[] | undefined;
  /** `YMD`, `DMY`, `MDY` or a pattern such as `DD/MM/YYYY` [found]. */
  readonly dateFormat?: string | undefined;
  /** Aliases of segments that every contact of the file joins. Contacts only. */
  readonly segments?: readonly string[] | undefined;
  /** Let a plain no in a column of consent lift a suppression. Contacts only. */
  readonly allowResubscribe?: boolean | undefined;
  /**
   * Channels that columns of consent may name beside those that the store knows [none]. Contacts
   * only.
   */
  readonly channels?: readonly string[] | undefined;
  /** Put those into segments too who were removed from them. Contacts only. */
  readonly overrideRemovals?: boolean | undefined;
  /** Do all of it, then take it back. */
  readonly dryRun?: boolean | undefined;
  /** Make contacts for events of unknown e-mail addresses. Events only. */
  readonly createContacts?: boolean | undefined;
}

/** What an import needs from around it. */
export interface ImportContext {
  readonly stdin: Readable;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who does this; null when nobody knows. */
  readonly by: string | null;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/**
 * What an import did, in rows of the file: every row is inserted, updated, unchanged, merged (with
 * another row of its key) or rejected. `segmentAdded` counts memberships that began, `heldOut`
 * those that removals kept from beginning. `rejectsFile` is null when none was written.
 */
export interface ImportReport {
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly rejected: number;
  readonly rejectsFile: string | null;
  readonly segmentAdded: number;
  readonly heldOut: number;
  readonly ms: number;
  readonly columns: readonly ColumnMapping[];
  /** The first rejects. */
  readonly samples: readonly RejectSample[];
  /** What people should know beside the figures. */
  readonly notes: readonly string[];
}
