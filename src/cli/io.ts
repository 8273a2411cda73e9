import type { Readable, Writable } from 'node:stream';
import type {
  BackupMade,
  BackupRequest,
  MigrationForecast,
  Restored,
  RestoreRequest,
  Store,
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
  /**
   * Brings a store of an older version up to date, with a backup beside it, after it has announced
   * what that takes. `now` is epoch ms.
   */
  migrate(
    path: string,
    options: {
      readonly now: number;
      readonly announce?: ((forecast: MigrationForecast) => Promise<void>) | undefined;
    },
  ): Promise<{ readonly from: number; readonly to: number; readonly backup: string | undefined }>;
  /** Copies a store, beside others that read and write it. */
  backup(path: string, request: BackupRequest): Promise<BackupMade>;
  /** Puts a backup in the place of a store. */
  restore(path: string, request: RestoreRequest): Promise<Restored>;
}
