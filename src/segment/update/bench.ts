import type { DifferencesWriter, WriteTx } from '../../store/index.ts';
import type { Run } from './request.ts';

/** What the builds of a wave are made with. */
export interface Bench {
  readonly tx: WriteTx;
  /** Where the changes of their members are proposed, then applied. */
  readonly differences: DifferencesWriter;
  readonly run: Run;
  /** How long it took to read one segment, in ms. */
  readonly readMs: number;
}
