import { expect, test } from 'vitest';
import { exportEvents } from '../../src/csv/export-events.ts';
import { getField } from '../../src/contact/fields.ts';
import { makeWorld, refusal, type World } from './world.ts';

async function exported(world: World, fields: readonly string[], isWhole: boolean) {
  const known = await world.store.read(async (tx) => tx.fields.list());
  let [text, unnamed] = ['', -1];
  const chunks = exportEvents(world.store, {
    ...{ query: {}, key: getField(known, 'contact', 'email'), fields, isWhole, text: {} },
    onUnnamed: (count) => {
      unnamed = count;
    },
  });
  for await (const chunk of chunks) text += chunk;
  return { text, unnamed };
}

const FILE = `email,type,occurred_at,property.sku
ann@example.org,page.hit,2026-01-01,T-1
ann@example.org,page.hit,2026-01-02,
`;

test('a property that has no column ends an export of all columns, and no other', async () => {
  const world = await makeWorld();
  await world.events(FILE, { createContacts: true });
  expect(await refusal(exported(world, ['email', 'type'], true))).toEqual({
    exit: 75,
    code: 'CHANGED_MEANWHILE',
    message: 'event 1 has the property `sku`, which no event had when the export began',
    hint: 'export again',
  });
  expect(await exported(world, ['email', 'property.sku'], true)).toEqual({
    text: 'email,property.sku\nann@example.org,T-1\nann@example.org,\n',
    unnamed: 0,
  });
  expect(await exported(world, ['email'], false)).toEqual({
    text: 'email\nann@example.org\nann@example.org\n',
    unnamed: 0,
  });
});

test('properties that another tool stored are told as texts, and malformed ones are none', async () => {
  const world = await makeWorld();
  await world.events(FILE, { createContacts: true });
  await world.sql(`
    pragma foreign_keys = off;
    insert into events (contact_id, type, occurred_at, properties) values
      (1, 'a', 0, '{"n":1,"yes":true,"none":null,"deep":{"a":[1]}}'), (1, 'a', 0, '{"n":'),
      (1, 'a', 0, '[1]'), (99, 'a', 0, null)`);
  const columns = ['contact', 'property.n', 'property.yes', 'property.none', 'property.deep'];
  expect(await world.store.read(async (tx) => tx.events.properties({ type: 'a' }, {}))).toEqual([
    'deep',
    'n',
    'none',
    'yes',
  ]);
  const { text, unnamed } = await exported(world, columns, false);
  expect(text.split('\n').slice(3)).toEqual([
    'ann@example.org,1,true,,"{""a"":[1]}"',
    ...['ann@example.org,,,,', 'ann@example.org,,,,', ',,,,', ''],
  ]);
  expect(unnamed).toBe(1);
});
