import { createSegment, type SegmentOptions } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import type { Decision } from '../../src/segment/members.ts';
import { updateSegments, type UpdateReport } from '../../src/segment/update/run.ts';
import type { MemberRow, SegmentRow, Store } from '../../src/store/index.ts';
import { freshStore, NOW } from '../contact/fresh-store.ts';

export { NOW };
export const HOUR = 3_600_000;

/** A store with contacts 1 … `points.length`, named c1@example.org …, who have these points. */
export async function storeWith(points: readonly number[]): Promise<Store> {
  const store = await freshStore();
  await store.write(async (tx) => {
    for (const [index, value] of points.entries()) {
      await tx.contacts.insert(
        { email: `c${index + 1}@example.org`, points: value, identified_at: NOW },
        NOW,
      );
    }
  });
  return store;
}

export async function create(
  store: Store,
  name: string,
  options: SegmentOptions = {},
): Promise<SegmentRow> {
  await store.write(async (tx) =>
    createSegment(tx, { ...options, name }, { now: NOW, by: 'tester' }),
  );
  return segment(store, options.alias ?? name);
}

export async function segment(store: Store, reference: string): Promise<SegmentRow> {
  return store.read(async (tx) => getSegment(tx, reference));
}

export async function update(
  store: Store,
  now: number,
  ...segments: string[]
): Promise<UpdateReport> {
  return updateSegments(store, { segments, now });
}

export async function members(store: Store, reference: string): Promise<MemberRow[]> {
  return store.read(async (tx) => tx.members.list((await getSegment(tx, reference)).id, {}));
}

/** `1 2 5`: who is in, by contact id. */
export async function memberIds(store: Store, reference: string): Promise<string> {
  return (await members(store, reference)).map((member) => member.contactId).join(' ');
}

export async function setPoints(store: Store, contactId: number, points: number): Promise<void> {
  await store.write(async (tx) => tx.contacts.update([contactId], { points }, NOW));
}

export function by(now: number, via = 'manual'): Decision {
  return { now, by: 'tester', via, reason: 'because' };
}
