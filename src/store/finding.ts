import type { Value } from './rows.ts';

/** A row or object in question, by column. */
export type Example = Readonly<Record<string, Value>>;

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
