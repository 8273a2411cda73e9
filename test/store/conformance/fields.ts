import { describe, expect } from 'vitest';
import type { FieldType, NewField, Value } from '../../../src/store/index.ts';
import { addContacts, getField, type MakeStore, NOW, storeTest } from './fixture.ts';

const plan: NewField = {
  object: 'contact',
  alias: 'plan',
  label: 'Plan',
  type: 'select',
  options: ['free', 'pro'],
  unique: false,
  indexed: false,
};
const member: NewField = {
  ...plan,
  alias: 'member_no',
  label: 'Member number',
  type: 'text',
  options: [],
  unique: true,
};

export function fieldsConformance(makeStore: MakeStore): void {
  describe('fields', () => {
    storeTest(makeStore, 'begin with the standard ones, by id', async (store) => {
      const fields = await store.read(async (tx) => tx.fields.list());
      const ids = fields.map((field) => field.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(fields.every((field) => field.origin !== 'custom' && field.id < 1000)).toBe(true);
      expect(fields.find((field) => field.object === 'contact' && field.alias === 'email')).toEqual(
        {
          id: 2,
          object: 'contact',
          alias: 'email',
          label: 'E-mail',
          type: 'email',
          options: [],
          unique: true,
          indexed: true,
          origin: 'standard',
        },
      );
      expect(new Set(fields.map((field) => `${field.object} ${field.alias}`)).size).toBe(
        fields.length,
      );
    });

    storeTest(makeStore, 'added become columns of their object', async (store) => {
      await store.write(async (tx) => {
        const id = await tx.fields.add(plan, NOW);
        expect(id).toBeGreaterThanOrEqual(1000);
        expect(await getField(tx, 'plan')).toEqual({ ...plan, id, origin: 'custom' });
        // the same alias on the other object
        await tx.fields.add({ ...plan, object: 'company' }, NOW);
        const [contact] = await addContacts(tx, { plan: 'pro' });
        expect(await tx.contacts.list({}, ['plan'])).toEqual([{ id: contact, plan: 'pro' }]);
        const company = await tx.companies.insert({ name: 'Acme', plan: 'free' }, NOW);
        expect(await tx.companies.list({}, ['plan', 'name'])).toEqual([
          { id: company, plan: 'free', name: 'Acme' },
        ]);
      });
    });

    const valuesOf: Readonly<Record<Exclude<FieldType, 'tags'>, readonly Value[]>> = {
      text: ['Été'],
      number: [2 ** 53 - 1, 0.1],
      boolean: [1],
      date: ['2026-02-28'],
      datetime: [NOW],
      email: ['a@b.example'],
      url: ['https://example.org'],
      phone: ['+33 1 23 45'],
      select: ['pro'],
      multiselect: ['|a|b|'],
    };
    const kept = (Object.keys(valuesOf) as (keyof typeof valuesOf)[]).flatMap((type) =>
      valuesOf[type].map((value) => [type, value] as const),
    );
    storeTest(makeStore, 'of every type keep what is written', async (store) => {
      await store.write(async (tx) => {
        for (const [index, [type]] of kept.entries())
          await tx.fields.add({ ...plan, alias: `f${index}`, type }, NOW);
        await addContacts(
          tx,
          Object.fromEntries(kept.map(([, value], index) => [`f${index}`, value])),
        );
        const [row] = await tx.contacts.list(
          {},
          kept.map((_, index) => `f${index}`),
        );
        expect(kept.map((_, index) => row?.[`f${index}`])).toEqual(kept.map(([, value]) => value));
      });
    });

    storeTest(
      makeStore,
      'that are unique refuse equal values, whatever their case',
      async (store) => {
        await store.write(async (tx) => {
          await tx.fields.add(member, NOW);
          await addContacts(tx, { member_no: 'a1' }, {}, {});
        });
        await expect(
          store.write(async (tx) => addContacts(tx, { member_no: 'A1' })),
        ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
        await expect(
          store.write(async (tx) => tx.contacts.update([2, 3], { member_no: 'b' }, NOW)),
        ).rejects.toMatchObject({ code: 'TAKEN', exit: 1 });
        expect(
          await store.read(async (tx) => tx.contacts.match('member_no', ['A1', 'x', null])),
        ).toEqual([1, null, null]);
      },
    );

    storeTest(makeStore, 'change their label, options, uniqueness and index', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(plan, NOW);
        await addContacts(tx, { plan: 'pro' }, { plan: 'PRO' });
        const field = await getField(tx, 'plan');
        await tx.fields.update({
          ...field,
          label: 'Tariff',
          options: ['free', 'pro', 'team'],
          indexed: true,
        });
        expect(await getField(tx, 'plan')).toEqual({
          ...field,
          label: 'Tariff',
          options: ['free', 'pro', 'team'],
          indexed: true,
        });
        expect(await tx.fields.equalValues(field, 5)).toEqual([
          { ids: [1, 2], values: ['pro', 'PRO'] },
        ]);
      });
      const makeUnique = async (): Promise<void> =>
        store.write(async (tx) =>
          tx.fields.update({ ...(await getField(tx, 'plan')), unique: true }),
        );
      await expect(makeUnique()).rejects.toMatchObject({ name: 'UserError', exit: 1 });
      expect((await store.read(async (tx) => getField(tx, 'plan'))).unique).toBe(false);
      await store.write(async (tx) => tx.contacts.update([2], { plan: null }, NOW));
      expect(
        await store.read(async (tx) => tx.fields.equalValues(await getField(tx, 'plan'), 5)),
      ).toEqual([]);
      await makeUnique();
      await expect(
        store.write(async (tx) => addContacts(tx, { plan: 'Pro' })),
      ).rejects.toMatchObject({ code: 'TAKEN' });
      await store.write(async (tx) =>
        tx.fields.update({ ...(await getField(tx, 'plan')), unique: false }),
      );
      await store.write(async (tx) => addContacts(tx, { plan: 'Pro' }));
    });

    storeTest(makeStore, 'change the label of a standard field too', async (store) => {
      await store.write(async (tx) =>
        tx.fields.update({ ...(await getField(tx, 'email')), label: 'Courriel' }),
      );
      expect(await store.read(async (tx) => getField(tx, 'email'))).toMatchObject({
        label: 'Courriel',
        unique: true,
        origin: 'standard',
      });
    });

    storeTest(
      makeStore,
      'deleted take their values along; their ids are not used again',
      async (store) => {
        for (const field of [plan, member, { ...plan, alias: 'speedy', indexed: true }]) {
          const first = await store.write(async (tx) => tx.fields.add(field, NOW));
          await store.write(async (tx) => addContacts(tx, { [field.alias]: 'pro' }));
          await store.write(async (tx) => tx.fields.delete(await getField(tx, field.alias)));
          expect(
            await store.read(async (tx) =>
              (await tx.fields.list()).some((row) => row.alias === field.alias),
            ),
          ).toBe(false);
          const second = await store.write(async (tx) => tx.fields.add(field, NOW));
          expect(second).toBeGreaterThan(first);
          expect(
            await store.read(async (tx) => tx.fields.countFilled(await getField(tx, field.alias))),
          ).toBe(0);
        }
        expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(3);
      },
    );

    storeTest(makeStore, 'count who has a value, and who has an option', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(plan, NOW);
        await tx.fields.add(
          { ...plan, alias: 'likes', type: 'multiselect', options: ['tea', 'iced tea'] },
          NOW,
        );
        const acme = await tx.companies.insert({ name: 'Acme' }, NOW);
        const ids = await addContacts(
          tx,
          { plan: 'pro', likes: '|tea|' },
          { plan: 'PRO', likes: '|iced tea|', company_id: acme },
          { plan: 'free', likes: '|iced tea|TEA|' },
          {},
        );
        await tx.contacts.tag(ids.slice(0, 2), ['a', 'b'], NOW);
        const filled = async (alias: string): Promise<number> =>
          tx.fields.countFilled(await getField(tx, alias));
        expect([
          await filled('plan'),
          await filled('company'),
          await filled('tags'),
          await filled('points'),
          await filled('email_domain'),
        ]).toEqual([3, 1, 2, 4, 0]);
        expect(await tx.fields.countFilled(await getField(tx, 'name', 'company'))).toBe(1);
        const having = async (alias: string, option: string): Promise<number> =>
          tx.fields.countOption(await getField(tx, alias), option);
        expect([
          await having('plan', 'pro'),
          await having('plan', 'gone'),
          await having('likes', 'tea'),
          await having('likes', 'iced tea'),
        ]).toEqual([2, 0, 2, 2]);
      });
    });
  });
}
