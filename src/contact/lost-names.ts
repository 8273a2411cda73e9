import { FilterError } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';

/**
 * The same error, which says what the field or segment was called that a filter names and that is
 * gone, where the store still knows it.
 */
export async function withLostName<E>(tx: ReadTx, error: E): Promise<E | FilterError> {
  if (!(error instanceof FilterError)) return error;
  const { problem } = error;
  if (problem.kind !== 'lostField' && problem.kind !== 'lostSegment') return error;
  const find = problem.kind === 'lostField' ? nameOfField : aliasOfSegment;
  const name = await find(tx, problem.id);
  if (name === undefined) return error;
  return new FilterError({ ...problem, name }, { text: '', source: undefined });
}

/** Of a deleted field the audit alone knows the name. */
async function nameOfField(tx: ReadTx, id: number): Promise<string | undefined> {
  const entries = await tx.audit.list({ object: { kind: 'field', id } });
  const deleted = entries.find(({ action }) => action === 'deleted');
  const { of, alias } = deleted?.detail ?? {};
  if (typeof alias !== 'string') return undefined;
  return of === 'company' ? `company.${alias}` : alias;
}

async function aliasOfSegment(tx: ReadTx, id: number): Promise<string | undefined> {
  return (await tx.segments.deleted()).find((segment) => segment.id === id)?.alias;
}
