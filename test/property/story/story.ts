import type { Store } from '../../../src/store/index.ts';
import type { Facts } from './facts.ts';
import type { Ledger } from './ledger.ts';
import type { Meanings } from './filters.ts';

/** What happens at a step, and the numbers by which it is decided to whom and how. */
export interface Step {
  readonly deed: string;
  readonly numbers: readonly [number, number, number];
}

/** What goes on from step to step. */
export interface Story {
  store: Store;
  readonly reopen: () => Promise<Store>;
  readonly meanings: Meanings;
  ledger: Ledger;
  now: number;
  /** The ledger as it was when the backup was made. */
  kept: Ledger | undefined;
}

/** What a deed is done with: the store notes who did it by which command. */
export interface Scene {
  readonly story: Story;
  /** Notes in the audit what is done. */
  readonly store: Store;
  readonly ledger: Ledger;
  /** As it was before. */
  readonly facts: Facts;
  readonly now: number;
  readonly action: { readonly now: number; readonly by: string };
  readonly numbers: Step['numbers'];
}

/**
 * Something that people or programs do. `asks`: triggers are asked at its end, or before it as well.
 * `isUpdate`: all segments are made true. What throws a `UserError` has changed nothing.
 */
export interface Deed {
  readonly weight: number;
  readonly asks?: 'around' | 'after';
  readonly isUpdate?: boolean;
  /** Done by SQL, which tells nobody. */
  readonly isSql?: boolean;
  /** Does it in the store, and then in the ledger. */
  readonly run: (scene: Scene) => Promise<void>;
}

export type Deeds = Readonly<Record<string, Deed>>;
