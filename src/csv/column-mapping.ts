import { type ConsentTarget, consentTargetText } from './consent/target.ts';
import type { Found } from './find-target.ts';
import type { ColumnReading } from './presets/preset.ts';

/**
 * How one column is read. `field` is null if the column is left out: unknown, without a value to
 * make a field for, ignored, only written by the store, or because another column is read into its
 * field, which `takenBy` names. `consent` is there where the column says who must not be reached;
 * `field` is then what `--map` calls that.
 */
export interface ColumnMapping {
  /** 0-based. */
  readonly position: number;
  readonly column: string;
  readonly field: string | null;
  readonly how:
    | 'set'
    | 'map'
    | 'preset'
    | 'name'
    | 'synonym'
    | 'created'
    | 'unknown'
    | 'empty'
    | 'taken'
    | 'ignored'
    | 'kept';
  readonly takenBy?: string | undefined;
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

/** The fields that have a column already, with its name. */
export function takenFields(
  mappings: readonly (ColumnMapping | undefined)[],
): ReadonlyMap<string, string> {
  return new Map(
    mappings.flatMap((mapping) =>
      mapping === undefined || mapping.field === null
        ? []
        : [[mapping.field, mapping.column] as const],
    ),
  );
}

/**
 * How a column is read that means a field: not at all, where another one has it. What consent
 * columns say adds up, so that none takes another's place.
 */
export function mappingUnlessTaken(
  found: Found,
  taken: ReadonlyMap<string, string>,
  position: number,
  column: string,
  how: ColumnMapping['how'],
): ColumnMapping {
  const by = found.consent === undefined ? taken.get(found.alias) : undefined;
  return by === undefined
    ? mappingTo(found, position, column, how)
    : { position, column, field: null, how: 'taken', takenBy: by };
}
