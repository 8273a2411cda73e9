import { exceeds, inWords } from '../segment/update/guards.ts';
import type { Bound } from '../segment/update/request.ts';
import type { SegmentRow, Stage, Value, WriteTx } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { grouped } from '../support/text.ts';
import { appliedAt, type ImportJob } from './job.ts';
import type { RejectedKey } from './rejected-keys.ts';

const PAGE = 100_000;
const ROWS_AT_ONCE = 10_000;

/** The most that a segment may lose unless somebody says otherwise: half of its members. */
const USUAL_SHRINK: Bound = { kind: 'share', share: 0.5 };

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
  const staying = [...(await rejectedContacts(tx, job)), ...(await tx.imports.holders(stage))];
  let left = 0;
  for (const { id, alias } of segments) {
    context.progress?.({ kind: 'mirroring', segment: alias });
    const members = await tx.members.count(id);
    const leaving = await strays(tx, stage, id, staying);
    requireBearable(alias, leaving.length, members, options.maxShrink ?? USUAL_SHRINK, source.name);
    const cause = {
      ...{ via: 'import', now: appliedAt(tx, job), by: context.by, name: source.name },
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
async function rejectedContacts(
  tx: WriteTx,
  { rejectedKeys, plan }: ImportJob,
): Promise<ReadonlySet<number>> {
  const { rows } = rejectedKeys ?? { rows: [] };
  const found = new Set<number>();
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await addContacts(found, tx, plan.shape.key, rows.slice(from, from + ROWS_AT_ONCE));
  return found;
}

/** Those who have the keys, and for keys that nobody has, those who have the other values. */
async function addContacts(
  found: Set<number>,
  tx: WriteTx,
  column: string,
  rows: readonly RejectedKey[],
): Promise<void> {
  const add = async (of: string, values: readonly Value[]): Promise<readonly (number | null)[]> => {
    const ids = values.length === 0 ? [] : await tx.contacts.match(of, values);
    for (const id of ids) if (id !== null) found.add(id);
    return ids;
  };
  const ids = await add(
    column,
    rows.map(({ key }) => key),
  );
  // rule: mirror-others
  const others = rows.flatMap((row, at) => (ids[at] === null ? row.others : []));
  for (const each of new Set(others.map((other) => other.column)))
    await add(
      each,
      others.flatMap(({ column: of, value }) => (of === each && value !== null ? [value] : [])),
    );
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
