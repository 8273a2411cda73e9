import * as z from 'zod/mini';
import type { Schema } from './options.ts';

/** What to do while another process holds the run lock; `skip` ends with 0 and a message. */
export type LockPolicy =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'wait'; readonly ms: number };

/** `fail`, `skip`, `wait`, `wait=30` (seconds). */
export const lockPolicy: Schema<LockPolicy> = z.pipe(
  z
    .string()
    .check(z.regex(/^(fail|skip|wait(=\d{1,7})?)$/, 'must be fail, skip, wait or wait=SECONDS')),
  z.transform((text): LockPolicy => {
    if (text === 'fail' || text === 'skip') return { kind: text };
    return {
      kind: 'wait',
      ms: text === 'wait' ? Number.POSITIVE_INFINITY : Number(text.slice('wait='.length)) * 1000,
    };
  }),
);
