import type { ImportKind, SegmentRow, WriteTx } from '../store/index.ts';
import type { ImportContext, ImportOptions } from './import-options.ts';
import type { NewFields } from './new-fields/new-fields.ts';
import type { ImportPlan } from './plan.ts';
import type { Preset } from './presets/preset.ts';
import type { StoreFacts } from './store-facts.ts';
import type { RejectedKeys } from './rejected-keys.ts';
import type { Source } from './source.ts';
import type { Table } from './table.ts';

/** One running import. */
export interface ImportJob {
  readonly kind: ImportKind;
  readonly source: Source;
  /** SHA-256 of the file, in hexadecimal digits. */
  readonly hash: string;
  readonly table: Table;
  /** The system that wrote the file, if that is known. */
  readonly preset?: Preset | undefined;
  readonly plan: ImportPlan;
  /** Fields that are made for columns of the file. */
  readonly newFields: NewFields;
  readonly facts: StoreFacts;
  /** Segments that every contact of the file joins. */
  readonly segments: readonly SegmentRow[];
  /** Those of rejected rows, where they are asked for. */
  readonly rejectedKeys: RejectedKeys | undefined;
  readonly options: ImportOptions;
  readonly context: ImportContext;
}

/** When its rows are applied (epoch ms). */
export function appliedAt(tx: WriteTx, { context }: ImportJob): number {
  return context.now ?? tx.now;
}
