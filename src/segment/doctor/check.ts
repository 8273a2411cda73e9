import type { Example, HealthReader, ReadTx, SegmentRow, Surroundings } from '../../store/index.ts';

/**
 * `note`: nothing is wrong, or the next update puts it right by itself. `warning`: somebody should
 * put it right some day. `error`: members or data are wrong, or soon will be.
 */
export type Severity = 'note' | 'warning' | 'error';

export interface Finding {
  readonly severity: Severity;
  /** One line: what is the matter, and with what. */
  readonly message: string;
  readonly count: number;
  /** A few of the rows in question. */
  readonly examples: readonly Example[];
  /** What to do next: a command line where there is one. */
  readonly hint: string | undefined;
}

/** What a check may look at: one snapshot of the store, and what stands around it. */
export interface Examined {
  readonly tx: ReadTx;
  readonly health: HealthReader;
  readonly segments: readonly SegmentRow[];
  readonly surroundings: Surroundings;
  /** Epoch ms. */
  readonly now: number;
  /** Also look at what takes minutes on a large store. */
  readonly deep: boolean;
  /** A segment that was not built for so long is stale, in ms. */
  readonly staleMs: number;
  /** A command line of rollcall for this store: `rollcall db:migrate --db crm.db`. */
  readonly command: (words: string) => string;
}

/** One question to the store. Its title says what holds when there is nothing to find. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly find: (examined: Examined) => Promise<readonly Finding[]>;
}

export function finding(
  severity: Severity,
  message: string,
  more: {
    readonly count?: number;
    readonly examples?: readonly Example[];
    readonly hint?: string | undefined;
  } = {},
): Finding {
  return {
    severity,
    message,
    count: more.count ?? 1,
    examples: more.examples ?? [],
    hint: more.hint,
  };
}
