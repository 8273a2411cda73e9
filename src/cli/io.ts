import type { Readable, Writable } from 'node:stream';
import type {
  BackupMade,
  BackupRequest,
  CopyMade,
  MigrationForecast,
  Restored,
  RestoreRequest,
  Store,
  Watch,
} from '../store/index.ts';

/** `fd` is the open file underneath, where there is one. */
export type OutStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly fd?: number | undefined;
};
export type InStream = Readable & {
  readonly isTTY?: boolean | undefined;
  readonly fd?: number | undefined;
};

/** What a process gives a program, apart from its arguments. */
export interface Io {
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How stores are reached: handed in by `main`, because commands do not know any adapter. */
export interface Stores {
  open(path: string): Promise<Store>;
  /** `Store.requireOtherFile` of the store at `path`, which need not be open, nor exist. */
  requireOtherFile(path: string, output: string | number, what: string): Promise<void>;
  /** Makes a store unless there is one. `makeFolder` makes its missing folders too. */
  init(
    path: string,
    options: { readonly makeFolder: boolean },
  ): Promise<{ readonly created: boolean; readonly names: number }>;
  /** Brings a store of an older version up to date. */
  migrate(path: string, options: MigrateRequest): Promise<Migrated>;
  /** Copies all of a store into another, new one, either of which is a file or a database. */
  copy(path: string, request: CopyRequest): Promise<CopyMade>;
  /** Copies a store, beside others that read and write it. `UserError` (1) of a database. */
  backup(path: string, request: BackupRequest): Promise<BackupMade>;
  /** Puts a backup in the place of a store. `UserError` (1) of a database. */
  restore(path: string, request: RestoreRequest): Promise<Restored>;
}

export interface CopyRequest {
  /** A path or a URL, where a store is made unless there is an empty one. */
  readonly to: string;
  readonly watch: Watch;
}

export interface MigrateRequest {
  /** Epoch ms, for the name of a backup. */
  readonly now: number;
  /** Is told what it takes, where much has to move. */
  readonly announce: (forecast: MigrationForecast) => Promise<void>;
  /**
   * Is asked where the store makes no backup itself, with the command line that makes one; ends it
   * by throwing.
   */
  readonly withoutBackup: (backupCommand: string) => Promise<void>;
}

export interface Migrated {
  readonly from: number;
  readonly to: number;
  /** A file beside the store; undefined where there was nothing to do, and of a database. */
  readonly backup: string | undefined;
}
