import type { ConsentTarget } from './consent/target.ts';

/**
 * How one column is read. `field` is null if the column is left out: unknown, ignored, or only
 * written by the store. `consent` is there where the column says who must not be reached; `field`
 * is then what `--map` calls that.
 */
export interface ColumnMapping {
  /** 0-based. */
  readonly position: number;
  readonly column: string;
  readonly field: string | null;
  readonly how: 'map' | 'name' | 'synonym' | 'unknown' | 'ignored' | 'kept';
  readonly consent?: ConsentTarget | undefined;
}
