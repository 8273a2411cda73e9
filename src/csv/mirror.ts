import { exceeds, inWords } from '../segment/update/guards.ts';
import type { Bound } from '../segment/update/request.ts';
import type { SegmentRow, Stage, WriteTx } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { grouped } from '../support/text.ts';
import type { ImportJob } from './job.ts';

const PAGE = 100_000;
const KEYS_AT_ONCE = 10_000;

/** The most that a segment may lose unless somebody says otherwise: half of its members. */
export const USUAL_SHRINK: Bound = { kind: 'share', share: 0.5 };

/** Refuses a segment that cannot be made equal to a file. `UserError` (1): it is dynamic. */
export function requireMirrorable({ kind, alias }: SegmentRow): void {
  if (kind === 'static') return;
  throw new UserError(
    'DYNAMIC_SEGMENT',
    EXIT.refused,
    `segment ${alias} is dynamic: its filter says who is in it, so it cannot mirror a file`,
    { hint: `make it static first: rollcall segments:convert ${alias} --to static` },
  );
}

/**
 * Everybody leaves the segments who is not in the file; that is no decision about any of them. Those
 * whose row was rejected are in the file. Gives how many left. `UserError` (4): the file is empty, or
 * a segment would lose more than is allowed.
 */
export async function mirrorFile(
  tx: WriteTx,
  stage: Stage,
  importId: number,
  job: ImportJob,
): Promise<number> {
  const { segments, source, context, options } = job;
  const staying = await rejectedContacts(tx, job);
  let left = 0;
  for (const { id, alias } of segments) {
    context.progress?.({ kind: 'mirroring', segment: alias });
    const members = await tx.members.count(id);
    const leaving = await strays(tx, stage, id, staying);
    requireBearable(alias, leaving.length, members, options.maxShrink ?? USUAL_SHRINK, source.name);
    const cause = {
      ...{ via: 'import', now: context.now, by: context.by, name: source.name },
      ...{ importId, runId: null },
    };
    for (let from = 0; from < leaving.length; from += PAGE)
      left += await tx.members.remove(id, leaving.slice(from, from + PAGE), cause);
  }
  return left;
}

/** `UserError` (4) for a file without rows: it would empty the segments. */
export function requireSomebody(rows: number, name: string): void {
  // rule: mirror-empty
  if (rows > 0) return;
  throw new UserError(
    'MIRROR_EMPTY',
    EXIT.finding,
    `${name} has no rows: with --mirror everybody would leave; nothing was changed`,
    { hint: 'to take all members out: rollcall segments:clear SEGMENT' },
  );
}

/** The contacts of rejected rows, by id. */
async function rejectedContacts(tx: WriteTx, { rejectedKeys, plan }: ImportJob): Promise<number[]> {
  const { keys } = rejectedKeys ?? { keys: [] };
  const found = new Set<number>();
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const some = keys.slice(from, from + KEYS_AT_ONCE);
    for (const id of await tx.contacts.match(plan.shape.key, some)) if (id !== null) found.add(id);
  }
  return [...found];
}

async function strays(
  tx: WriteTx,
  stage: Stage,
  segmentId: number,
  staying: readonly number[],
): Promise<number[]> {
  const read = async (after = 0, limit: number): Promise<number[]> =>
    tx.imports.strays(stage, segmentId, staying, { after, limit });
  const all: number[] = [];
  for await (const ids of pagesByKey({ read, keyOf: (id) => id, size: PAGE })) all.push(...ids);
  return all;
}

function requireBearable(
  alias: string,
  leaving: number,
  members: number,
  bound: Bound,
  name: string,
): void {
  // rule: mirror-shrink
  if (!exceeds(leaving, bound, members)) return;
  throw new UserError(
    'MIRROR_SHRINKS',
    EXIT.finding,
    `${grouped(leaving)} of ${grouped(members)} members of ${alias} are not in ${name}: ` +
      `more than --max-shrink ${inWords(bound)}; nothing was changed`,
    { hint: `if they are to leave: --max-shrink ${leaving}` },
  );
}
