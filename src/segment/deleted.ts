import { recheckStoreFilter } from '../contact/checked-filter.ts';
import { withLostName } from '../contact/lost-names.ts';
import { zoneInstants } from '../contact/time-context.ts';
import { decodeAst } from '../filter/index.ts';
import type { DeletedSegmentRow, NotBack, ReadTx, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { aliasFor } from './definition.ts';

/** For so long a deleted segment is kept. */
export const KEPT_DELETED_DAYS = 90;
export const KEPT_DELETED_MS = KEPT_DELETED_DAYS * 86_400_000;

export interface Restored {
  readonly segment: SegmentRow;
  /** How many members it had when it was deleted. */
  readonly before: number;
  /** Members of then who are not in it again. */
  readonly notBack: NotBack;
  readonly warnings: readonly string[];
}

/**
 * Brings a deleted segment back: a static one with the members who still exist, a dynamic one to be
 * built. `UserError`: no such deleted segment (2); its alias is taken (1).
 */
export async function restoreDeleted(
  tx: WriteTx,
  reference: string,
  alias: string | undefined,
  action: Action,
): Promise<Restored> {
  const deleted = await getDeleted(tx, reference);
  const wanted = alias === undefined ? deleted.alias : aliasFor(alias);
  const taken = (await tx.segments.list()).some(
    (segment) => segment.alias.toLowerCase() === wanted.toLowerCase(),
  );
  if (taken) throw aliasTaken(deleted.id, wanted);
  const notBack = await tx.segments.restore(deleted.id, wanted, action);
  const [restored] = await tx.segments.some([deleted.id]);
  if (restored === undefined) throw new Error('a restored segment is not there');
  const warnings = await filterTrouble(tx, restored);
  return { segment: restored, before: deleted.members, notBack, warnings };
}

function aliasTaken(id: number, alias: string): UserError {
  return new UserError('TAKEN', EXIT.refused, `another segment is called ${alias}`, {
    hint: `restore it under another alias: rollcall segments:restore ${id} --alias ${alias}-before`,
  });
}

/** What broke of its filter since it was deleted. */
async function filterTrouble(tx: ReadTx, { id, alias, filter }: SegmentRow): Promise<string[]> {
  if (filter === null) return [];
  try {
    await recheckStoreFilter(tx, decodeAst(filter), { self: id });
    return [];
  } catch (thrown) {
    const error = await withLostName(tx, thrown);
    if (!(error instanceof UserError)) throw error;
    return [
      `its filter does not check any more: ${error.message}; ` +
        `give it another, for example: rollcall segments:filters:set ${alias} 'country = "FR"'`,
    ];
  }
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
      hint: '`rollcall segments:list --deleted` shows them',
    });
  if (another === undefined) return only;
  const instant = await zoneInstants(tx);
  const ids = found.map(({ id, deletedAt }) => `${id} (deleted ${instant(deletedAt)})`);
  const message = `${found.length} deleted segments were called ${reference}`;
  throw new UserError('SEVERAL_SEGMENTS', EXIT.usage, message, {
    hint: `give the id: ${ids.join(', ')}`,
  });
}
