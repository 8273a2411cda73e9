import { expect, test } from 'vitest';
import { figures, makeWorld, refusal } from './world.ts';

const set = (name: string, value: string) => ({ set: [{ name, value }] });

test('--set gives every row a value, whatever the file says', async () => {
  const world = await makeWorld();
  const text = 'email,City\nann@example.org,Nice\nbob@example.org,\n';
  const report = await world.contacts(text, set('city', 'Paris'));
  expect(report.columns.map(({ column, field, how }) => [column, field, how])).toEqual([
    ['email', 'email', 'name'],
    ['City', null, 'taken'],
    ['--set city', 'city', 'set'],
  ]);
  expect(await world.list('city')).toEqual(['Paris', 'Paris']);
  expect(report.notes).toEqual(['left out, because `--set city` takes its place: `City`']);
  expect(figures(await world.contacts(text, set('city', 'Paris')))).toEqual({
    rows: 2,
    unchanged: 2,
  });
});

test('consent, tags and the type of events can be set', async () => {
  const world = await makeWorld();
  await world.contacts('email\nann@example.org\n', set('bounced', 'yes'));
  await world.contacts('email\nann@example.org\n', set('tags', 'vip|old'));
  expect(await world.list('bounced', 'tags')).toEqual([['email', 'old|vip']]);
  const events = 'email,occurred_at\nann@example.org,2026-01-02\n';
  expect(figures(await world.events(events, set('type', 'purchase')))).toEqual({
    rows: 1,
    inserted: 1,
  });
});

test.each([
  [['X=city'], ['left out, because `X` is read into `city`: `City`, `city`']],
  [['X=city', 'city=-'], ['left out, because `X` is read into `city`: `City`']],
])('what --map %j takes the place of is told by name', async (map, notes) => {
  const world = await makeWorld();
  const report = await world.contacts('email,City,city,X\nann@example.org,a,b,c\n', { map });
  expect(report.notes).toEqual(notes);
  expect(await world.list('city')).toEqual(['c']);
});

test('a column of consent is settled even where another one takes its place', async () => {
  const world = await makeWorld();
  await world.addField('newsletter', 'boolean');
  const text = 'email,Newsletter,X\nann@example.org,no,yes\n';
  expect(await refusal(world.contacts(text, { map: ['X=newsletter'] }))).toMatchObject({
    code: 'CONSENT_UNSETTLED',
    exit: 65,
  });
});

test('rejected rows have the columns of the file alone', async () => {
  const world = await makeWorld();
  const text = 'email\nann@\nbob@example.org,x\ncid@example.org\n';
  const report = await world.contacts(text, set('city', 'Paris'));
  expect(report.samples[1]?.reason).toBe('the row has 2 cells, the header 1');
  expect(world.read('contacts.csv.rejects.csv').split('\n')[0]).toBe('email,_line,_column,_reason');
});

test.each([
  ['ctiy', 'UNKNOWN_FIELD', 'unknown field `ctiy` in --set'],
  ['updated_at', 'NOT_WRITABLE', '`updated_at` in --set: the store keeps this field itself'],
])('--set %s is refused', async (name, code, message) => {
  const world = await makeWorld();
  const refused = refusal(world.contacts('email\nann@example.org\n', set(name, 'x')));
  expect(await refused).toMatchObject({ exit: 2, code, message });
});

test('a column that --map reads into the same field is left out too, be it by a saved map', async () => {
  const world = await makeWorld();
  const options = { ...set('city', 'Paris'), map: ['email=email,X=city'] };
  const report = await world.contacts('email,X\nann@example.org,Nice\n', options);
  expect(report.notes).toEqual(['left out, because `--set city` takes its place: `X`']);
  expect(await world.list('city')).toEqual(['Paris']);
});

test('what a column says of consent adds to what --set says', async () => {
  const world = await makeWorld();
  const options = { ...set('unsubscribed', 'no'), map: ['X=unsubscribed'] };
  await world.contacts('email,X\nann@example.org,yes\n', options);
  expect(await world.list('unsubscribed')).toEqual(['email']);
});

test.each([
  ['tags', "give both in one: --set 'tags=a|b'"],
  ['city', 'give it once'],
])('two values of --set for %s are refused', async (name, hint) => {
  const world = await makeWorld();
  const twice = {
    set: [
      { name, value: 'a' },
      { name, value: 'b' },
    ],
  };
  const refused = await refusal(world.contacts('email\nann@example.org\n', twice));
  expect(refused).toMatchObject({ exit: 2, code: 'SET_TWICE', hint });
});
