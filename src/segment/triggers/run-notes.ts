import * as z from 'zod/mini';
import type { AuditEntry, ReadTx, WriteTx } from '../../store/index.ts';
import type { Acted, Firing } from './firing.ts';

/*
 * What triggers did in a run, and why they failed, is kept in the audit: a line for each segment
 * that one acted in, and one for each that failed.
 */

/** A trigger by its name of then; without a segment, that it failed. */
export interface NotedFiring {
  readonly name: string;
  readonly segmentId: number | null;
  readonly joined: number;
  readonly left: number;
  readonly pinned: number;
  readonly heldOut: number;
  readonly unchanged: number;
  readonly error: string | null;
}

/** Keeps them with the run that asked these triggers. */
export async function noteFirings(
  tx: WriteTx,
  firings: readonly Firing[],
  { runId, at }: { readonly runId: number; readonly at: number },
): Promise<void> {
  if (firings.length === 0) return;
  const command = (await tx.runs.find(runId))?.command ?? null;
  const entries = firings.flatMap(({ id, name, acted, error }) => {
    const note = (action: string, said: AuditEntry['detail']): AuditEntry => ({
      ...{ at, by: null, command, action, object: 'trigger', objectId: id },
      detail: { run_id: runId, name, ...said },
    });
    return [
      ...acted.map((one) => note('fired', saidOf(one))),
      ...(error === null ? [] : [note('failed', { error: error.message })]),
    ];
  });
  await tx.audit.write(entries);
}

function saidOf({ segmentId, joined, left, pinned, heldOut, unchanged }: Acted) {
  return { segment_id: segmentId, joined, left, pinned, held_out: heldOut, unchanged };
}

const count = z._default(z.int(), 0);
const KEPT = z.object({
  name: z.string(),
  segment_id: z._default(z.nullable(z.int()), null),
  ...{ joined: count, left: count, pinned: count, held_out: count, unchanged: count },
  error: z._default(z.nullable(z.string()), null),
});

/** What is kept of a run, in the order in which triggers were asked. */
export async function notedFirings(tx: ReadTx, runId: number): Promise<NotedFiring[]> {
  const rows = await tx.audit.list({ object: { kind: 'trigger', id: undefined }, runId });
  return rows.reverse().flatMap(({ detail }) => {
    const kept = KEPT.safeParse(detail);
    // other programs may have written there
    if (!kept.success) return [];
    const { segment_id: segmentId, held_out: heldOut, ...said } = kept.data;
    return [{ ...said, segmentId, heldOut }];
  });
}
