import type { DifferencesWriter, WriteTx } from '../../store/index.ts';
import type { Run } from './request.ts';

/** What the builds of a wave are made with. */
export interface Bench {
  readonly tx: WriteTx;
  /** Where the differences of their members are proposed. */
  readonly differences: DifferencesWriter;
  readonly run: Run;
  /** What it took to read a segment. */
  readonly readMs: number;
}
