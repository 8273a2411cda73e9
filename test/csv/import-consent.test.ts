import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  suppressAddresses,
  suppressContacts,
  unsuppressContacts,
} from '../../src/contact/consent.ts';
import { exportContacts } from '../../src/csv/export.ts';
import { importContacts } from '../../src/csv/import.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { audited } from '../../src/store/index.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

const COLUMNS = ['unsubscribed', 'bounced', 'do_not_contact'] as const;

async function stored(world: World): Promise<unknown[]> {
  return (await world.list('email', ...COLUMNS)).map((row) =>
    (row as (string | null)[]).map((cell) => cell ?? '').join(','),
  );
}

async function exported(world: World): Promise<string> {
  let all = '';
  for await (const piece of exportContacts(world.store, { fields: ['email', ...COLUMNS] }))
    all += piece;
  return all;
}

/** Ann's one cell in one column, over what she had; what she has then. */
async function after(
  before: string,
  column: (typeof COLUMNS)[number],
  cell: string,
  options: ImportOptions = {},
): Promise<string> {
  const world = await makeWorld();
  await world.contacts(`email,${COLUMNS.join()}\nann@example.org,${before}\n`);
  await world.contacts(`email,${column}\nann@example.org,${cell}\n`, options);
  const [ann] = await stored(world);
  return String(ann).replace('ann@example.org,', '');
}

test('yes and no, and channels; the same file again changes nothing', async () => {
  const world = await makeWorld();
  const text =
    'E-mail,Unsubscribed,BOUNCED,Do not contact\n' +
    'ann@example.org,yes,,\n' +
    'bob@example.org,no,1,\n' +
    'cid@example.org,,,oui\n' +
    'dan@example.org,SMS,, Push | email \n' +
    'eve@example.org,,,\n' +
    'fay@example.org,true,true,true\n';
  expect(figures(await world.contacts(text))).toEqual({ rows: 6, inserted: 6 });
  const expected = [
    'ann@example.org,email,,',
    'bob@example.org,,email,',
    'cid@example.org,,,email|sms',
    'dan@example.org,sms,,email|push',
    'eve@example.org,,,',
    'fay@example.org,email,email,email|sms',
  ];
  expect(await stored(world)).toEqual(expected);
  for (const options of [{}, { allowResubscribe: true }])
    expect(figures(await world.contacts(text, options))).toEqual({ rows: 6, unchanged: 6 });
  expect(
    figures(await world.contacts('email,unsubscribed\nann@example.org,sms\nbob@example.org,\n')),
  ).toEqual({ rows: 2, updated: 1, unchanged: 1 });
  expect((await stored(world))[0]).toBe('ann@example.org,email|sms,,');
});

describe('an import never lifts a suppression', () => {
  const kept = ['email|sms,push,', 'unsubscribed'] as const;

  test.each(['no', 'false', '0', 'NULL', '', '-email', '-sms|-email'])(
    'with `%s`',
    async (cell) => {
      expect(await after(kept[0], kept[1], cell)).toBe(kept[0]);
    },
  );

  test.each([
    ['no', 'sms,push,'],
    ['NULL', 'sms,push,'],
    ['', 'email|sms,push,'],
    ['-sms', 'email,push,'],
    ['-sms|-email|-push', ',push,'],
    ['post|-email', 'post|sms,push,'],
  ])('unless it is allowed: `%s`', async (cell, expected) => {
    expect(await after(kept[0], kept[1], cell, { allowResubscribe: true })).toBe(expected);
  });

  test('a no lifts only what its own column set', async () => {
    expect(await after(',email,', 'unsubscribed', 'no', { allowResubscribe: true })).toBe(
      ',email,',
    );
    expect(
      await after(',,email|push|sms', 'do_not_contact', 'no', { allowResubscribe: true }),
    ).toBe(',,push');
    expect(await after('email,email,', 'unsubscribed', 'no', { allowResubscribe: true })).toBe(
      ',email,',
    );
    expect(await after(',,email', 'unsubscribed', 'yes', { allowResubscribe: true })).toBe(
      'email,,email',
    );
    expect(await after('email,,', 'do_not_contact', 'yes', { allowResubscribe: true })).toBe(
      'email,,email|sms',
    );
  });
});

test('of rows of one contact a yes stays, whatever comes after it', async () => {
  const text = 'email,unsubscribed\nann@example.org,yes\nann@example.org,no\nann@example.org,sms\n';
  for (const duplicates of ['last', 'first'] as const) {
    const world = await makeWorld();
    expect(figures(await world.contacts(text, { duplicates }))).toEqual({
      rows: 3,
      inserted: 1,
      merged: 2,
    });
    expect(await stored(world)).toEqual(['ann@example.org,email|sms,,']);
  }
  const world = await makeWorld();
  await world.contacts(text, { allowResubscribe: true });
  expect(await stored(world)).toEqual(['ann@example.org,sms,,']);
});

test('what says nothing that is known rejects its row; a channel in use is known', async () => {
  const world = await makeWorld();
  const text =
    'email,unsubscribed,do_not_contact\n' +
    'ann@example.org,maybe,\n' +
    'bob@example.org,UNKNOWN_USER,\n' +
    'cid@example.org,,email|fax\n' +
    'dan@example.org,|,\n' +
    'eve@example.org,emial,--sms\n' +
    'fay@example.org,yes,\n';
  const others = 'neither yes nor no, nor a date, nor a status (active, unsubscribed, bounced, …)';
  const channels = '(email, sms, phone, post, push, whatsapp; --channel names others)';
  const saying = (label: string, cell: string): string =>
    `${label}: \`${cell}\` is ${others}, nor a channel ${channels}`;
  const report = await world.contacts(text);
  expect(figures(report)).toEqual({ rows: 6, inserted: 1, rejected: 5 });
  expect(report.samples.map(({ column, reason }) => [column, reason])).toEqual([
    ['unsubscribed', saying('Unsubscribed', 'maybe')],
    ['unsubscribed', saying('Unsubscribed', 'UNKNOWN_USER')],
    ['do_not_contact', saying('Do not contact', 'email|fax')],
    ['unsubscribed', saying('Unsubscribed', '|')],
    [
      'unsubscribed, do_not_contact',
      `${saying('Unsubscribed', 'emial')}; ${saying('Do not contact', '--sms')}`,
    ],
  ]);
  expect(await stored(world)).toEqual(['fay@example.org,email,,']);
  await world.store.write(async (tx) => tx.contacts.suppress([1], ['Fax'], 'manual', 0));
  expect(
    figures(
      await world.contacts('email,Opt out\nann@example.org,fax\n', {
        map: ['Opt out=do_not_contact'],
      }),
    ),
  ).toEqual({ rows: 1, inserted: 1 });
});

test('a dry run counts and changes nothing; companies have no such column', async () => {
  const world = await makeWorld();
  await world.contacts('email\nann@example.org\n');
  expect(
    figures(await world.contacts('email,unsubscribed\nann@example.org,yes\n', { dryRun: true })),
  ).toEqual({ rows: 1, updated: 1 });
  expect(await stored(world)).toEqual(['ann@example.org,,,']);
  expect((await world.companies('name,unsubscribed\nAcme,yes\n')).notes).toEqual([
    'left out, because no field is called so: ' +
      '`unsubscribed` (--map reads a column into a field, --create-fields makes a field for each, ' +
      '--ignore leaves one out without a word)',
  ]);
});

test('exported, imported into a new store and exported again, consent is the same', async () => {
  const [world, other] = [await makeWorld(), await makeWorld()];
  await world.contacts(
    'email,unsubscribed,bounced,do_not_contact\n' +
      'ann@example.org,email|sms,push,post\n' +
      'bob@example.org,yes,yes,yes\n' +
      'cid@example.org,,,\n',
  );
  const csv = await exported(world);
  expect(csv).toBe(
    'email,unsubscribed,bounced,do_not_contact\n' +
      'ann@example.org,email|sms,push,post\n' +
      'bob@example.org,email,email,email|sms\n' +
      'cid@example.org,,,\n',
  );
  await other.contacts(csv);
  expect(await exported(other)).toBe(csv);
  expect(figures(await world.contacts(csv, { allowResubscribe: true }))).toEqual({
    rows: 3,
    unchanged: 3,
  });
});

const ANN = 'ann@example.org,,email|fax,';

/** Ann is suppressed in a channel of the store's own, the others in channels that are none. */
async function worldOfChannels(): Promise<World> {
  const world = await makeWorld();
  await world.contacts(
    'email\nann@example.org\nbob@example.org\ncid@example.org\ndan@example.org\n',
  );
  await world.store.write(async (tx) => {
    await suppressContacts(tx, [1], ['Fax', 'email'], 'bounced', 0);
    // As SQL may write them, and commands once did.
    await tx.contacts.suppress([2], ['no'], 'bounced', 0);
    await tx.contacts.suppress([3], ['yes'], 'manual', 0);
    await tx.contacts.suppress([4], ['NULL'], 'unsubscribed', 0);
  });
  return world;
}

test('no channel is called yes or no, but one that is there already stays', async () => {
  const world = await worldOfChannels();
  await world.store.write(async (tx) => {
    for (const channel of ['no', 'YES', 'true']) {
      const refusal = `\`${channel.toLowerCase()}\` cannot be a channel`;
      await expect(suppressContacts(tx, [2], [channel], 'manual', 0)).rejects.toThrow(refusal);
    }
  });
  const csv = await exported(world);
  for (const channel of ['no', 'e mail']) {
    const imported = (await makeWorld()).contacts(csv, { channels: [channel] });
    await expect(imported).rejects.toThrow(`\`${channel}\` cannot be a channel`);
  }
  const others = ['bob@example.org,,no|,', 'cid@example.org,,,yes|', 'dan@example.org,NULL|,,'];
  expect(csv.split('\n').slice(1, -1)).toEqual([ANN, ...others]);
  expect(figures(await world.contacts(csv, { allowResubscribe: true }))).toEqual({
    rows: 4,
    unchanged: 4,
  });
});

test("channels of the store's own come along once they are named", async () => {
  const csv = await exported(await worldOfChannels());
  const other = await makeWorld();
  await expect(other.contacts(csv)).rejects.toThrow();
  const report = await other.contacts(csv, { channels: ['FAX'] });
  expect(figures(report)).toEqual({ rows: 4, inserted: 1, rejected: 3 });
  expect(report.samples[0]).toMatchObject({
    reason: expect.stringMatching(
      /^Bounced: `no\|` is .* nor a channel \(email, .*, whatsapp, fax; --channel names others\)$/,
    ),
  });
  expect(await stored(other)).toEqual([ANN]);
  expect(figures(await other.contacts(csv.split('\n').slice(0, 2).join('\n')))).toEqual({
    rows: 1,
    unchanged: 1,
  });
});

test.each([
  ['ann@x.example', 'ANN@x.example'],
  ['é@x.example', 'É@x.example'],
  ['kim@BÜCHER.example', 'kim@bücher.example'],
  ['kim@xn--bcher-kva.example', 'kim@bücher.example'],
  ['kim@bücher.example', 'kim@xn--bcher-kva.example'],
])(
  'what is lifted does not come back by the address in other letters: %s, %s',
  async (one, other) => {
    const world = await makeWorld();
    await world.contacts(`email\n${other}\n`);
    const suppress = async (): Promise<void> => {
      await world.store.write(async (tx) =>
        suppressAddresses(tx, [one], ['email'], 'unsubscribed', NOW),
      );
      expect(await world.list('unsubscribed')).toEqual(['email']);
    };
    const expectLifted = async (): Promise<void> => {
      await world.store.write(async (tx) => tx.suppressions.settle());
      expect(await world.list('unsubscribed')).toEqual([null]);
      expect(await world.value('select count(*) from address_suppressions')).toBe(0);
    };
    await suppress();
    await world.contacts(`email,unsubscribed\n${other},no\n`, { allowResubscribe: true });
    await expectLifted();
    await suppress();
    await world.store.write(async (tx) =>
      unsuppressContacts(tx, [1], { channels: ['email'], reasons: ['unsubscribed'] }),
    );
    await expectLifted();
  },
);

describe('what a rejected row says of consent holds all the same', () => {
  const saidOf = async (world: World): Promise<string[]> =>
    (await world.list('email', 'unsubscribed', 'bounced')).map((row) => JSON.stringify(row));
  const addressesIn = async (world: World): Promise<number> =>
    world.value('select count(*) from address_suppressions');

  test('beside a bad cell, for a contact and for an address that nobody has', async () => {
    const world = await makeWorld();
    await world.contacts('email\nann@x.example\n');
    const text =
      'email,points,unsubscribed,bounced\nann@x.example,many,yes,no\nbob@x.example,many,yes,yes\n' +
      'cid@x.example,many,no,\nnone,many,yes,\ndan@x.example,1,,\neve@x.example,1,odd,yes\n';
    const dry = await world.contacts(text, { dryRun: true });
    expect(await addressesIn(world)).toBe(0);
    const report = await world.contacts(text);
    expect(figures(report)).toEqual({ rows: 6, inserted: 1, rejected: 5 });
    expect([dry.consentKept, report.consentKept]).toEqual([3, 3]);
    expect(await saidOf(world)).toEqual([
      '["ann@x.example","email",null]',
      '["dan@x.example",null,null]',
    ]);
    await world.contacts('email\nbob@x.example\neve@x.example\nnone@x.example\n');
    expect((await saidOf(world)).slice(2)).toEqual([
      '["bob@x.example","email","email"]',
      '["eve@x.example",null,"email"]',
      '["none@x.example",null,null]',
    ]);
    const again = await world.contacts(text);
    expect(again.consentKept).toBe(3);
  });

  test('in a row that is too long, and where no row is good', async () => {
    const world = await makeWorld();
    const text = 'email,unsubscribed\nann@x.example,yes,surplus\n';
    const report = await world.contacts(text);
    expect([figures(report), report.consentKept]).toEqual([{ rows: 1, rejected: 1 }, 1]);
    expect(await addressesIn(world)).toBe(1);
    const { code } = await refusal(
      world.contacts('email,unsubscribed\nann@x.example,no,surplus\n'),
    );
    expect(code).toBe('NO_VALID_ROW');
  });

  test('where more rows are rejected than may be, nothing holds', async () => {
    const world = await makeWorld();
    const text = 'email,points,unsubscribed\nann@x.example,many,yes\n';
    const { code } = await refusal(world.contacts(text, { maxRejects: { kind: 'rows', most: 0 } }));
    expect(code).toBe('TOO_MANY_REJECTS');
    expect(await addressesIn(world)).toBe(0);
  });

  test.each([
    ['insert', 'ann@x.example', ['["ann@x.example","email",null]']],
    ['update', 'bob@x.example', ['["ann@x.example",null,null]']],
  ] as const)('which --mode %s rejects', async (mode, email, expected) => {
    const world = await makeWorld();
    await world.contacts('email\nann@x.example\n');
    const report = await world.contacts(`email,unsubscribed\n${email},yes\n`, { mode });
    expect([figures(report), report.consentKept]).toEqual([{ rows: 1, rejected: 1 }, 1]);
    expect(await saidOf(world)).toEqual(expected);
    expect(
      await world.value(`select count(*) from address_suppressions where address = '${email}'`),
    ).toBe(1);
  });

  test('in a row that says the same again, and in one whose value is taken', async () => {
    const world = await makeWorld();
    await world.addField('crm_id', 'text', { unique: true });
    await world.contacts('email,crm_id\nann@x.example,É1\nbob@x.example,b2\n');
    const twice = 'email,bounced\nann@x.example,\nann@x.example,yes\n';
    await world.contacts(twice, { duplicates: 'error' });
    const taken = 'email,crm_id,unsubscribed\nbob@x.example,é1,yes\ncid@x.example,c3,\n';
    const report = await world.contacts(taken);
    expect([figures(report).rejected, report.consentKept]).toEqual([1, 1]);
    // the number is hers, as an address would be
    expect(await saidOf(world)).toEqual([
      '["ann@x.example","email","email"]',
      '["bob@x.example","email",null]',
      '["cid@x.example",null,null]',
    ]);
  });

  test('for the contact of another key, and for the address beside it', async () => {
    const world = await makeWorld();
    await world.addField('crm_id', 'text', { unique: true });
    await world.contacts('crm_id,email\nÉ1,ann@x.example\n', { key: 'crm_id' });
    const text =
      'crm_id,email,points,unsubscribed\né1,new@x.example,many,yes\n9,bob@x.example,many,yes\n';
    const report = await world.contacts(text, { key: 'crm_id' });
    expect(report.consentKept).toBe(2);
    expect(await saidOf(world)).toEqual(['["ann@x.example","email",null]']);
    await world.contacts('email\nbob@x.example\nnew@x.example\n');
    expect((await saidOf(world)).slice(1)).toEqual([
      '["bob@x.example","email",null]',
      '["new@x.example","email",null]',
    ]);
  });

  test('and an id that nobody has says it of nobody', async () => {
    const world = await makeWorld();
    await world.contacts('email\nann@x.example\n');
    const text = 'id,points,unsubscribed\n1,many,yes\n7,1,yes\n';
    const report = await world.contacts(text, { key: 'id' });
    expect(report.consentKept).toBe(1);
    expect(await saidOf(world)).toEqual(['["ann@x.example","email",null]']);
  });

  test('nothing is lifted by one', async () => {
    const world = await makeWorld();
    await world.contacts('email,unsubscribed\nann@x.example,yes\n');
    const text = 'email,points,unsubscribed\nann@x.example,many,no\ndan@x.example,1,\n';
    const report = await world.contacts(text, { allowResubscribe: true });
    expect(report.consentKept).toBe(0);
    expect((await saidOf(world))[0]).toBe('["ann@x.example","email",null]');
  });
});

test('what a rejected row says of consent is noted in the audit as what others say is', async () => {
  const world = await makeWorld();
  const store = audited(world.store, { at: NOW, by: 'ada', command: 'contacts:import' });
  const file = world.file(
    'rejected.csv',
    'email,points,unsubscribed\nann@example.org,many,yes\nbob@example.org,1,yes\n',
  );
  const context = { stdin: Readable.from([]), now: NOW, by: 'ada' };
  await importContacts(store, file, {}, context);
  const [told] = await world.store.read(async (tx) => tx.audit.list({}));
  expect(told).toMatchObject({ action: 'consent imported', detail: { suppressed: 2 } });
  await importContacts(store, file, {}, context);
  expect(await world.store.read(async (tx) => tx.audit.list({}))).toHaveLength(1);
});
