import { type ConsentTarget, consentTargetText } from './consent/target.ts';
import type { Found } from './find-target.ts';
import type { ColumnReading } from './presets/preset.ts';

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
  readonly how: 'set' | 'map' | 'preset' | 'name' | 'synonym' | 'unknown' | 'ignored' | 'kept';
  readonly consent?: ConsentTarget | undefined;
  /** How the system that wrote the file fills its cells. */
  readonly reading?: ColumnReading | undefined;
}

export function mappingTo(
  { alias, consent }: Found,
  position: number,
  column: string,
  how: ColumnMapping['how'],
): ColumnMapping {
  return consent === undefined
    ? { position, column, field: alias, how }
    : { position, column, field: consentTargetText(consent), how, consent };
}

/** The fields that have a column already; what consent columns say adds up. */
export function takenBy(
  mappings: readonly (ColumnMapping | undefined)[],
): Set<string | null | undefined> {
  return new Set(mappings.map((mapping) => mapping?.field).filter((field) => field !== null));
}
