import type { DeletedSegmentRow, ReadTx, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { formatInstant } from '../support/instant.ts';
import type { Action } from './action.ts';
import { aliasFor } from './definition.ts';

/** For so long a deleted segment is kept, in milliseconds. */
export const KEPT_DELETED_MS = 90 * 86_400_000;

/**
 * Brings a deleted segment back: a static one with the members who still exist, a dynamic one to be
 * built. `UserError`: no such deleted segment (2); its alias is taken (1).
 */
export async function restoreDeleted(
  tx: WriteTx,
  reference: string,
  alias: string | undefined,
  action: Action,
): Promise<SegmentRow> {
  const deleted = await getDeleted(tx, reference);
  await tx.segments.restore(
    deleted.id,
    alias === undefined ? deleted.alias : aliasFor(alias),
    action,
  );
  const [restored] = await tx.segments.some([deleted.id]);
  if (restored === undefined) throw new Error('a restored segment is not there');
  return restored;
}

/** By its id, or by an alias that only one of them had. */
async function getDeleted(tx: ReadTx, reference: string): Promise<DeletedSegmentRow> {
  const all = await tx.segments.deleted();
  const byId = all.filter(({ id }) => String(id) === reference);
  const wanted = reference.toLowerCase();
  const found = byId.length > 0 ? byId : all.filter(({ alias }) => alias.toLowerCase() === wanted);
  const [only, another] = found;
  if (only === undefined)
    throw new UserError('UNKNOWN_SEGMENT', EXIT.usage, `no deleted segment ${reference}`, {
      hint: 'rollcall segments:list --deleted shows them',
    });
  if (another === undefined) return only;
  throw new UserError(
    'SEVERAL_SEGMENTS',
    EXIT.usage,
    `${found.length} deleted segments were called ${reference}`,
    {
      hint: `give the id: ${found.map(({ id, deletedAt }) => `${id} (deleted ${formatInstant(deletedAt)})`).join(', ')}`,
    },
  );
}
