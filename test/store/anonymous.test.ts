import fc from 'fast-check';
import { expect, test } from 'vitest';
import { updateSegments } from '../../src/segment/update/run.ts';
import { addSegment, causedBy, NOW } from './conformance/fixture.ts';
import { sqliteFixture } from './sqlite-fixture.ts';

const IDENTIFIED = 'identified_at = 5';

/**
 * What rollcall and others do to contacts 1 to 6, of whom 1 to 4 are members of a static segment.
 */
const STEPS = [
  'identify',
  'identify by SQL',
  'clear by SQL',
  'identify by an upsert',
  'delete',
  'delete by SQL',
  'join',
  'leave',
  'update',
] as const;

test('the counter of anonymous members is what a count gives, whoever identifies them', async () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 6 }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { store, raw, cleanup } = await sqliteFixture();
      try {
        raw.exec(
          "insert into contacts (created_at, updated_at) select 0, 0 from json_each('[1, 2, 3, 4, 5, 6]')",
        );
        const id = await store.write(async (tx) => {
          const segment = await addSegment(tx, 'hand', { kind: 'static' });
          await tx.members.add(segment, [1, 2, 3, 4], causedBy('manual', NOW));
          return segment;
        });
        for (const [kind, contact] of steps) {
          await store.write(async (tx) => {
            if (kind === 'identify') await tx.contacts.identify([contact], NOW);
            if (kind === 'delete') await tx.contacts.delete([contact], { now: NOW, by: null });
            if (kind === 'join') await tx.members.add(id, [contact], causedBy('manual', NOW));
            if (kind === 'leave') await tx.members.remove(id, [contact], causedBy('manual', NOW));
          });
          if (kind === 'identify by SQL')
            raw.exec(`update contacts set identified_at = ${NOW} where id = ${contact}`);
          if (kind === 'clear by SQL')
            raw.exec(`update contacts set identified_at = null where id = ${contact}`);
          if (kind === 'delete by SQL') raw.exec(`delete from contacts where id = ${contact}`);
          if (kind === 'identify by an upsert')
            raw.exec(`insert into contacts (id, created_at, updated_at)
              values (${contact}, 0, 0)
              on conflict (id) do update set ${IDENTIFIED}`);
          if (kind === 'update') await updateSegments(store, { segments: [], now: NOW });
        }
        await updateSegments(store, { segments: [], now: NOW });
        const counted = raw
          .prepare(
            'select count(*) from memberships join contacts on contacts.id = contact_id where identified_at is null',
          )
          .pluck()
          .get();
        expect(raw.prepare('select anonymous from segments').pluck().get()).toBe(counted);
      } finally {
        await cleanup();
      }
    }),
    { numRuns: 60 },
  );
});

test.each([-3, 4711])(
  'a counter that cannot be, %i, is counted anew by the next update',
  async (nonsense) => {
    const { store, raw, cleanup } = await sqliteFixture();
    await store.write(async (tx) => addSegment(tx, 'hand', { kind: 'static' }));
    raw.exec(`update segments set anonymous = ${nonsense}`);
    await updateSegments(store, { segments: [], now: NOW });
    expect(raw.prepare('select anonymous from segments').pluck().get()).toBe(0);
    await cleanup();
  },
);
