/**
 * Carries out a step that may take long, and shows it to somebody under the name `label`. The step
 * calls `onShare` with how much of it is done, from 0 to 1.
 */
export type Watch = <T>(
  label: string,
  work: (onShare: (share: number) => void) => Promise<T>,
) => Promise<T>;

/** For when nobody watches. */
export const unwatched: Watch = async (_label, work) => work(() => undefined);

/** What a migration is going to take. Those who write to the store wait as long. */
export interface MigrationForecast {
  /** How many rows move. */
  readonly rows: number;
  /** By the rate at which some of them move now. */
  readonly ms: number;
  /** How much of the disk it needs at most, the backup included. */
  readonly bytes: number;
  readonly backup: number;
}

/** What was copied from one store into another, by table, and what the other one has no place for. */
export interface CopyMade {
  readonly tables: Readonly<Record<string, number>>;
  readonly left: readonly string[];
}

/** What is asked of a backup. */
export interface BackupRequest {
  /** A file that does not exist, or a folder in which it is named by time. */
  readonly target: string;
  /** Epoch ms, for its name. */
  readonly now: number;
  /**
   * How many backups of this store to leave in the folder, this one included; undefined leaves all.
   */
  readonly keep?: number | undefined;
  readonly watch?: Watch | undefined;
}

export interface BackupMade {
  readonly path: string;
  readonly bytes: number;
  /** Of the store, and so of the backup. */
  readonly version: number;
  readonly contacts: number;
  /** What in the store, and so in the backup, is not as rollcall leaves it. */
  readonly warnings: readonly string[];
  /** Older backups that were removed. */
  readonly dropped: readonly string[];
}

export interface RestoreRequest {
  /** The backup. It is only read. */
  readonly file: string;
  /** Epoch ms, for the name of what is kept. */
  readonly now: number;
  /** Who restores, for the record; undefined or null where nobody knows. */
  readonly by?: string | null | undefined;
  /** Goes on when the user agrees; throws when not. */
  readonly confirm: (question: string) => Promise<void>;
  /** Not called around `confirm`, so that a question does not stand within a progress line. */
  readonly watch?: Watch | undefined;
}

export interface Restored {
  /** Of the backup; the store has the present one. */
  readonly version: number;
  /** Of the store. */
  readonly contacts: number;
  /** Contacts that the backup had, and whom the replaced store knew to be erased. */
  readonly erasedAgain: number;
  /**
   * Values that the backup had, of contacts that stay or of nobody, and that the replaced store knew
   * to be erased.
   */
  readonly valuesErasedAgain: number;
  /** Where the store that was there is kept; null when there was none. */
  readonly kept: string | null;
  /**
   * The files were exchanged, because the store was damaged or missing: programs that have it open
   * go on with the old one.
   */
  readonly isReplaced: boolean;
  /**
   * Suppressions that the replaced store had and the backup had not; null where they could not be
   * read.
   */
  readonly suppressions: CarriedSuppressions | null;
}

export interface CarriedSuppressions {
  readonly carried: number;
  /** Those of contacts that the backup does not know. */
  readonly unplaced: number;
  /** Those that stand for values of fields that the backup does not have, by the field. */
  readonly fieldless: readonly { readonly field: string; readonly suppressions: number }[];
}
