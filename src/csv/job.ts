import type { SegmentRow } from '../store/index.ts';
import type { ImportContext, ImportOptions } from './import-options.ts';
import type { ImportPlan } from './plan.ts';
import type { Preset } from './presets/preset.ts';
import type { StoreFacts } from './record-plan.ts';
import type { Source } from './source.ts';
import type { Table } from './table.ts';

/** One running import. */
export interface ImportJob {
  readonly source: Source;
  readonly table: Table;
  /** The system that wrote the file, if that is known. */
  readonly preset?: Preset | undefined;
  readonly plan: ImportPlan;
  readonly facts: StoreFacts;
  /** Segments that every contact of the file joins. */
  readonly segments: readonly SegmentRow[];
  readonly options: ImportOptions;
  readonly context: ImportContext;
}
