import type { Readable } from 'node:stream';
import type { Assignment } from '../contact/assignments.ts';
import type { Duplicates, ImportMode } from '../store/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { MaxRejects } from './max-rejects.ts';
import type { RejectSample } from './rejects.ts';

/** How to import a file. Defaults are in brackets. */
export interface ImportOptions {
  /** The unique field that identifies the record of a row [`email`, `name` for companies]. */
  readonly key?: string | undefined;
  /** [`upsert`] */
  readonly mode?: ImportMode | undefined;
  /** Which of several rows with the same key counts [`last`]. */
  readonly duplicates?: Duplicates | undefined;
  /** With more rejects than this, nothing is imported [any number]. */
  readonly maxRejects?: MaxRejects | undefined;
  /** The file for rejected rows [`FILE.rejects.csv`]. */
  readonly rejects?: string | undefined;
  /** One character, or `tab` [detected]. */
  readonly delimiter?: string | undefined;
  /** A name such as `windows-1252` [`utf-8`]. */
  readonly encoding?: string | undefined;
  /** `COLUMN=field,…` each. */
  readonly map?: readonly string[] | undefined;
  /** Values that every row gets. */
  readonly set?: readonly Assignment[] | undefined;
  /** Columns to leave out. */
  readonly ignore?: readonly string[] | undefined;
  /** `FIELD=SEPARATOR` each: what stands between the values of a cell [`|`]. */
  readonly multi?: readonly string[] | undefined;
  /** The system that wrote the file, or `none` [found by its header]. Contacts only. */
  readonly preset?: string | undefined;
  /** `YMD`, `DMY`, `MDY` or a pattern such as `DD/MM/YYYY` [detected]. */
  readonly dateFormat?: string | undefined;
  /** Aliases of segments that every contact of the file joins. Contacts only. */
  readonly segments?: readonly string[] | undefined;
  /** Let a plain no in a consent column lift a suppression. Contacts only. */
  readonly allowResubscribe?: boolean | undefined;
  /**
   * Channels that consent columns may name besides those that the store knows [none]. Contacts
   * only.
   */
  readonly channels?: readonly string[] | undefined;
  /** Add contacts to segments even if they were removed from them. Contacts only. */
  readonly overrideRemovals?: boolean | undefined;
  /** Do everything, then roll it back. */
  readonly dryRun?: boolean | undefined;
  /** Make contacts for events of unknown e-mail addresses. Events only. */
  readonly createContacts?: boolean | undefined;
}

/** What an import needs from its caller. */
export interface ImportContext {
  readonly stdin: Readable;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who imports; null if unknown. */
  readonly by: string | null;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/**
 * What an import did, in rows of the file. Every row is inserted, updated, unchanged, merged (with
 * another row of its key) or rejected. `segmentAdded` counts memberships that began, `heldOut`
 * those that did not begin because of a removal. `rejectsFile` is null if none was written.
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
  /** Notes for the user besides the figures. */
  readonly notes: readonly string[];
}
