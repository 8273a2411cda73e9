import { timeContext } from '../../contact/time-context.ts';
import { loadCatalogue } from '../../contact/fields.ts';
import { compileEvents } from '../../filter/index.ts';
import type {
  Concerned,
  Fired,
  SegmentRow,
  TriggerRound,
  TriggerRow,
  WriteTx,
} from '../../store/index.ts';
import { pagesByKey } from '../../support/by-key.ts';
import { UserError } from '../../support/errors.ts';
import { addToSegment, type Decision, removeFromSegment } from '../members.ts';
import { describe, stopsEverything } from '../failure.ts';
import { TRIGGER } from '../via.ts';
import { circleOf, orderTriggers } from './circles.ts';
import { readTrigger, type Trigger } from './definition.ts';
import { type Acted, type Acts, addActs, type Firing, NO_ACTS } from './firing.ts';
import { requireFit } from './fit.ts';
import { getEvents, readsOfEvents, readsOfPoints } from './reads.ts';

const PAGE = 100_000;

/** When triggers are asked, and within which run if any. */
export interface Asking {
  readonly now: number;
  readonly runId?: number | null | undefined;
}

/**
 * Asks every published trigger about what came since it was asked, once each, those that set off
 * others first, and does what it says. One that fails does nothing, is asked again about the same
 * the next time, and hinders no other. Gives those that fired or failed. To be called at the end of
 * a transaction.
 */
export async function fireTriggers(tx: WriteTx, asking: Asking): Promise<readonly Firing[]> {
  const rows = (await tx.triggers.list()).filter(({ published }) => published);
  if (rows.length === 0) return [];
  const round = await tx.triggers.begin();
  if (round === undefined) return [];
  const { triggers, unreadable } = readAll(rows);
  const segments = await tx.segments.list();
  const { ordered, circular } = orderTriggers(triggers, segments);
  const firings: Firing[] = [];
  for (const { row, error } of unreadable) firings.push(await failed(tx, row, error));
  for (const trigger of ordered) {
    const circle = circular.get(trigger);
    const firing = await askOrTell(tx, trigger, async (inner) => {
      if (circle !== undefined) throw circleOf(trigger, circle);
      return ask(inner, trigger, { ...asking, segments, round });
    });
    if (firing !== undefined) firings.push(firing);
  }
  return firings;
}

function readAll(rows: readonly TriggerRow[]) {
  const triggers: Trigger[] = [];
  const unreadable: { readonly row: TriggerRow; readonly error: UserError }[] = [];
  for (const row of rows) {
    try {
      triggers.push(readTrigger(row));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ row, error });
    }
  }
  return { triggers, unreadable };
}

async function askOrTell(
  tx: WriteTx,
  trigger: Trigger,
  work: (tx: WriteTx) => Promise<Firing | undefined>,
): Promise<Firing | undefined> {
  try {
    return await work(tx);
  } catch (error) {
    if (stopsEverything(error)) throw error;
    await noteFallen(tx, trigger);
    // rule: trigger-alone
    return failed(tx, trigger, error);
  }
}

/** Who loses the points while a trigger fails, and has them again, has reached them. */
async function noteFallen(tx: WriteTx, { does: { when }, ...trigger }: Trigger): Promise<void> {
  // rule: trigger-fell-failing
  if (when.kind !== 'points') return;
  const concerned = { since: trigger.seen, reads: await readsOfPoints(tx) };
  await tx.triggers.noteFallen(trigger, when.points, concerned);
}

async function failed(tx: WriteTx, row: TriggerRow, error: unknown): Promise<Firing> {
  const described = describe(error);
  if (row.error !== described.message) await tx.triggers.fail(row.id, described.message);
  return {
    ...{ id: row.id, name: row.name, contacts: 0, events: null, acted: [] },
    error: described,
  };
}

interface Terms extends Asking {
  readonly segments: readonly SegmentRow[];
  readonly round: TriggerRound;
}

/** Undefined when the trigger does not fire. */
async function ask(tx: WriteTx, trigger: Trigger, terms: Terms): Promise<Firing | undefined> {
  requireFit(trigger, terms.segments);
  const reached = { seen: terms.round.seen, causeMark: await tx.triggers.lastCause() };
  if (!isNewTo(trigger, reached)) return undefined;
  return tx.nested(async (inner) => {
    const firing = await fire(inner, trigger, terms);
    await inner.triggers.settle(trigger.id, reached);
    return firing.contacts === 0 ? undefined : firing;
  });
}

type Reached = Pick<TriggerRow, 'seen' | 'causeMark'>;

/** Whether anything came about since that the trigger might fire for. */
function isNewTo({ does, seen, causeMark, error }: Trigger, reached: Reached): boolean {
  const isNew = 'segment' in does.when ? causeMark < reached.causeMark : seen !== reached.seen;
  return isNew || error !== null;
}

interface OnlyContact {
  readonly onlyContact?: number | undefined;
}

/** What a trigger fires for, and what it then does; `onlyContact` leaves out all others. */
export async function fire(
  tx: WriteTx,
  trigger: Trigger,
  { segments, onlyContact, ...asking }: Omit<Terms, 'round'> & OnlyContact,
): Promise<Firing> {
  const fit = requireFit(trigger, segments);
  const fired = await findFired(tx, trigger, asking, onlyContact);
  const decision = decisionOf(trigger, asking);
  const acted: Acted[] = [];
  for (const segment of fit.add)
    acted.push(
      await act(tx, segment, 'add', async (ids) => addToSegment(tx, segment, ids, decision)),
    );
  for (const segment of fit.remove)
    acted.push(
      await act(tx, segment, 'remove', async (ids) =>
        removeFromSegment(tx, segment, ids, decision),
      ),
    );
  return { id: trigger.id, name: trigger.name, ...fired, acted, error: null };
}

async function findFired(
  tx: WriteTx,
  trigger: Trigger,
  { now }: Asking,
  onlyContact: number | undefined,
): Promise<Fired> {
  const { when } = trigger.does;
  const concerned = { since: trigger.seen, onlyContact };
  switch (when.kind) {
    case 'event':
      return findByEvents(tx, trigger, when.filter, { ...concerned, now });
    case 'points':
      return tx.triggers.fireForPoints(trigger, when.points, {
        ...concerned,
        reads: await readsOfPoints(tx),
      });
    case 'joins':
    case 'leaves': {
      const change = when.kind === 'joins' ? 'joined' : 'left';
      const move = { segmentId: when.segment, change } as const;
      return tx.triggers.fireForMoves(trigger, move, onlyContact);
    }
  }
}

async function findByEvents(
  tx: WriteTx,
  trigger: Trigger,
  filter: string,
  { now, ...concerned }: Omit<Concerned, 'reads'> & Asking,
): Promise<Fired> {
  const events = getEvents(filter);
  const where = compileEvents(events, {
    ...{ dialect: tx.dialect, shape: 'probe' },
    time: await timeContext(tx, now),
    catalogue: await loadCatalogue(tx),
  });
  return tx.triggers.fireForEvents(trigger, where, {
    ...concerned,
    reads: readsOfEvents(events),
  });
}

function decisionOf({ name, madeBy, does }: Trigger, { now, runId = null }: Asking): Decision {
  return { via: TRIGGER, name, by: madeBy, reason: does.reason, now, runId };
}

async function act(
  tx: WriteTx,
  { id, alias }: SegmentRow,
  verb: Acted['verb'],
  change: (contactIds: readonly number[]) => Promise<Acts>,
): Promise<Acted> {
  let total = NO_ACTS;
  const read = async (after = 0, limit: number): Promise<number[]> =>
    tx.triggers.fired({ after, limit });
  for await (const ids of pagesByKey({ read, keyOf: (contactId) => contactId, size: PAGE }))
    total = addActs(total, await change(ids));
  return { segmentId: id, alias, verb, ...total };
}
