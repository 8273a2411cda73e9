import type { Readable } from 'node:stream';
import type { Assignment } from '../contact/assignments.ts';
import type { Triggered } from '../segment/triggers/data-change.ts';
import type { Bound } from '../segment/update/request.ts';
import type {
  Duplicates,
  FieldType,
  ImportMode,
  RecordKind,
  SuppressionReason,
} from '../store/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { MaxRejects } from './max-rejects.ts';
import type { Preset } from './presets/preset.ts';
import type { TalliedReason } from './reason-tally.ts';
import type { RejectSample } from './rejects.ts';
import type { TableOptions } from './table.ts';

/** How to import a file. Defaults are in brackets. */
export interface ImportOptions extends TableOptions {
  /** The unique field that identifies the record of a row [`email`, `name` for companies]. */
  readonly key?: string | undefined;
  /** [`upsert`] */
  readonly mode?: ImportMode | undefined;
  /** Which of several rows with the same key counts [`last`]. */
  readonly duplicates?: Duplicates | undefined;
  /** What becomes of a row without a key [`reject`]. */
  readonly keyless?: 'reject' | 'insert' | undefined;
  /** With more rejects than this, nothing is imported [any number]. */
  readonly maxRejects?: MaxRejects | undefined;
  /** The file for rejected rows [`FILE.rejects.csv`]. */
  readonly rejects?: string | undefined;
  /** `COLUMN=field,…` each. */
  readonly map?: readonly string[] | undefined;
  /** Values that every row gets. */
  readonly set?: readonly Assignment[] | undefined;
  /** Columns to leave out. */
  readonly ignore?: readonly string[] | undefined;
  /** `FIELD=SEPARATOR` each: what stands between the values of a cell [`|`]. */
  readonly multi?: readonly string[] | undefined;
  /** Make custom fields for columns that find none. Contacts and companies only. */
  readonly createFields?: boolean | undefined;
  /** The system that wrote the file, or `none` [found by its header]. */
  readonly preset?: string | undefined;
  /**
   * `YMD`, `DMY`, `MDY`, `excel`, `unix`, `unix-ms` or a pattern such as `DD/MM/YYYY` [detected];
   * each for all columns, or for one as `COLUMN=DMY`.
   */
  readonly dateFormat?: readonly string[] | undefined;
  /** Keep the blanks around texts [they go]. */
  readonly keepBlanks?: boolean | undefined;
  /** Aliases of segments that every contact of the file joins. Contacts only. */
  readonly segments?: readonly string[] | undefined;
  /** Let a plain no in a consent column lift a suppression. Contacts only. */
  readonly allowResubscribe?: boolean | undefined;
  /**
   * Channels that consent columns may name besides those that the store knows [none]. Contacts
   * only.
   */
  readonly channels?: readonly string[] | undefined;
  /** Why the addresses of a list must not be reached [`manual`]. Suppressions only. */
  readonly reason?: SuppressionReason | undefined;
  /** Add contacts to segments even if they were removed from them. Contacts only. */
  readonly overrideRemovals?: boolean | undefined;
  /**
   * Makes the static segments of `segments` equal to the file: who is not in it leaves, without a
   * decision about it.
   */
  readonly mirror?: boolean | undefined;
  /** With `mirror`, refuse it if more of the members than this would leave [half of them]. */
  readonly maxShrink?: Bound | undefined;
  /** Do everything, then roll it back. */
  readonly dryRun?: boolean | undefined;
  /** Make contacts of unknown e-mail addresses. Events and members only. */
  readonly createContacts?: boolean | undefined;
}

/** What an import needs from its caller. */
export interface ImportContext {
  readonly stdin: Readable;
  /** Epoch milliseconds; when left out, the instant of the transaction that applies the rows. */
  readonly now?: number | undefined;
  /** Who imports; null if unknown. */
  readonly by: string | null;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** How far an import is. */
export type Progress =
  /** An input that can be read only once is put aside. */
  | { readonly kind: 'receiving'; readonly bytes: number }
  | {
      /** The rows are read and checked. */
      readonly kind: 'reading';
      readonly rows: number;
      readonly rejected: number;
      /** Of the file as it is, packed or not. */
      readonly bytes: number;
      readonly totalBytes: number;
      /** Since the first row. */
      readonly ms: number;
    }
  /** The good rows are written. */
  | { readonly kind: 'applying'; readonly rows: number }
  /** Members who are not in the file leave. */
  | { readonly kind: 'mirroring'; readonly segment: string }
  /** Contacts of the file join; so many have been gone through. */
  | { readonly kind: 'joining'; readonly segment: string; readonly contacts: number };

export interface CreatedField {
  readonly column: string;
  readonly object: RecordKind;
  readonly alias: string;
  readonly type: FieldType;
  /** The first cell that is of no other type, where those before it were; null where none is. */
  readonly spoiler: { readonly line: number; readonly text: string } | null;
}

/**
 * What an import did, in rows of the file. Every row is inserted, updated, unchanged, merged (with
 * another row of its key) or rejected. `segmentAdded` counts memberships that began, `heldOut`
 * those that did not begin because of a removal, `left` those that ended because the file does not
 * name the member, `cleaned` the cells that were read but for something around their value.
 * `rejectsFile` is null if none was written; of a dry run it is where rejected rows would be.
 */
export interface ImportReport extends Triggered {
  /** By which it can be shown and taken back; null for a dry run. */
  readonly importId: number | null;
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly rejected: number;
  readonly rejectsFile: string | null;
  readonly segmentAdded: number;
  readonly heldOut: number;
  readonly left: number;
  /** Rows of people who were erased; nothing was done with them. */
  readonly leftOut: number;
  readonly cleaned: number;
  /** How many companies that were there `company.…` columns of contacts changed. */
  readonly companiesUpdated: number;
  /** Of how many rejected rows it holds all the same that somebody must not be reached. */
  readonly consentKept: number;
  /** How many cells held a quote without standing in quotes. */
  readonly strayQuotes: number;
  readonly ms: number;
  readonly columns: readonly ColumnMapping[];
  /** What rows were rejected for, the most frequent first. */
  readonly reasons: readonly TalliedReason[];
  /** Fields that were made for columns. */
  readonly createdFields: readonly CreatedField[];
  /** The first rejects. */
  readonly samples: readonly RejectSample[];
  /** The system as whose file it was read; null for none. */
  readonly preset: Pick<Preset, 'name' | 'title'> | null;
  /** Warnings for the user besides the figures. */
  readonly notes: readonly string[];
}
