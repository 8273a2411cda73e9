import { describe, expect } from 'vitest';
import { type AuditEntry, audited } from '../../../src/store/index.ts';
import {
  addContacts,
  addSegment,
  causedBy,
  DAY,
  type MakeStore,
  NOW,
  storeTest,
} from './fixture.ts';

const entry: AuditEntry = {
  ...{ at: NOW, by: 'ada', command: 'segments:add', action: 'added' },
  ...{ object: 'segment', objectId: 1, detail: { contact_ids: [4, 5] } },
};
const suppressed: AuditEntry = {
  ...{ at: NOW + DAY, by: null, command: null, action: 'suppressed' },
  ...{ object: 'address', objectId: null, detail: { addresses: ['Ann@x.org', 'bo@x.org'] } },
};

export function auditConformance(makeStore: MakeStore): void {
  describe('the audit', () => {
    storeTest(
      makeStore,
      'is listed newest first, by page, object, person and time',
      async (store) => {
        await store.write(async (tx) => tx.audit.write([entry, suppressed]));
        await store.write(async (tx) =>
          tx.audit.write([{ ...entry, object: 'contact', objectId: 4 }]),
        );
        await store.read(async (tx) => {
          const ids = async (query: Parameters<typeof tx.audit.list>[0]): Promise<number[]> =>
            (await tx.audit.list(query)).map(({ id }) => id);
          expect(await tx.audit.list({ after: 3 })).toEqual([
            { id: 2, ...suppressed },
            { id: 1, ...entry },
          ]);
          expect(await ids({ limit: 2 })).toEqual([3, 2]);
          expect(await ids({ by: 'ada' })).toEqual([3, 1]);
          expect(await ids({ since: NOW + DAY })).toEqual([2]);
          expect(await ids({ object: { kind: 'segment', id: undefined } })).toEqual([1]);
          expect(await ids({ object: { kind: 'segment', id: 2 } })).toEqual([]);
          expect(await ids({ object: { kind: 'contact', id: 4 } })).toEqual([3, 1]);
          expect(await ids({ object: { kind: 'contact', id: 5 } })).toEqual([3, 1]);
        });
      },
    );

    storeTest(
      makeStore,
      'finds what was done in the name of another, and in a run',
      async (store) => {
        const forAnn = { ...entry, by: 'root', detail: { in_name_of: 'ann' } };
        const inRun = { ...entry, by: null, detail: { run_id: 7 } };
        await store.write(async (tx) => tx.audit.write([entry, forAnn, inRun]));
        await store.read(async (tx) => {
          const ids = async (query: Parameters<typeof tx.audit.list>[0]): Promise<number[]> =>
            (await tx.audit.list(query)).map(({ id }) => id);
          expect(await ids({ by: 'ann' })).toEqual([2]);
          expect(await ids({ by: 'root' })).toEqual([2]);
          expect(await ids({ runId: 7 })).toEqual([3]);
          expect(await ids({ runId: 7, object: { kind: 'trigger', id: undefined } })).toEqual([]);
        });
      },
    );

    storeTest(makeStore, 'forgets what is old', async (store) => {
      await store.write(async (tx) => {
        await tx.audit.write([entry, suppressed]);
        await tx.audit.prune(NOW + 1);
      });
      expect(await store.read(async (tx) => tx.audit.list({}))).toEqual([{ id: 2, ...suppressed }]);
    });

    storeTest(makeStore, 'keeps what was done with the note of it, or neither', async (plain) => {
      const store = audited(plain, { at: NOW, by: 'ada', command: 'test' });
      const [list, ids] = await plain.write(
        async (tx) =>
          [
            await addSegment(tx, 'list', { kind: 'static' }),
            await addContacts(tx, {}, {}, {}),
          ] as const,
      );
      const add = async (some: readonly number[], fails: boolean): Promise<void> =>
        store.write(async (tx) => {
          for (const id of some) await tx.members.add(list, [id], causedBy('manual'));
          await tx
            .nested(async (inner) => {
              await inner.members.remove(list, 'all', causedBy('manual'));
              throw new Error('taken back');
            })
            .catch(() => undefined);
          if (fails) throw new Error('failed');
        });
      await expect(add(ids, true)).rejects.toThrow('failed');
      expect(await plain.read(async (tx) => tx.audit.list({}))).toEqual([]);
      await add(ids, false);
      expect(await plain.read(async (tx) => tx.audit.list({}))).toMatchObject([
        {
          ...{ at: NOW, by: 'ada', command: 'test', action: 'added', objectId: list },
          detail: { via: 'manual', joined: 3, contact_ids: ids },
        },
      ]);
      await add(ids, false);
      expect(await plain.read(async (tx) => tx.audit.list({}))).toHaveLength(1);
    });
  });
}
