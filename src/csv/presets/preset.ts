import type { Status } from '../consent/statuses.ts';

/** A column of a system that needs more than a field to be read into. */
export interface ColumnReading {
  /** A field, or what `--map` calls a column of consent. */
  readonly to: string;
  /** What to replace in each cell before it is read. */
  readonly replace?: readonly [pattern: RegExp, by: string];
  /** What stands between the values of a cell. */
  readonly separator?: string;
  /** Words of a status that only this system has. */
  readonly words?: Readonly<Record<string, Status>>;
}

/**
 * What a column is: a field or a word of consent, as in `--map`; more than that; or null for one
 * that speaks of consent, but says nothing about who must not be reached.
 */
export type ColumnRule = string | ColumnReading | null;

/** One kind of file that a system writes. */
export interface PresetForm {
  readonly title: string;
  /** Columns that together occur in no other file; written as the system does. */
  readonly signs: readonly string[];
  /** Whether the header row could be seen in a public source. */
  readonly seen: boolean;
  /** Where that was, if one may look it up. */
  readonly source?: string;
}

/** How the files of one system are read. */
export interface Preset {
  /** As `--preset` names it. */
  readonly name: string;
  readonly title: string;
  readonly forms: readonly PresetForm[];
  readonly columns: Readonly<Record<string, ColumnRule>>;
  /** Columns whose names have a part that differs. */
  readonly like?: readonly (readonly [pattern: RegExp, rule: ColumnRule])[];
  /** Columns of its lists of who must not be reached, which `suppressions:import` reads. */
  readonly list?: Readonly<Record<string, ColumnRule>>;
  /** The column whose cells are JSON objects: each key is a column of its own. */
  readonly json?: string;
  /** Whether lines may stand before the header. */
  readonly preamble?: boolean;
  /** How the first cell of the lines behind the last row begins. */
  readonly footer?: RegExp;
  /** What one should know beside the table. */
  readonly notes?: readonly string[];
}
