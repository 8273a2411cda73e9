import { describe, expect, test } from 'vitest';
import { figures, makeWorld, refusal, type World } from './world.ts';

async function dated(): Promise<World> {
  const world = await makeWorld();
  await world.addField('born', 'date');
  await world.addField('seen', 'datetime');
  await world.addField('note', 'text');
  return world;
}

describe('blanks', () => {
  const file =
    'email,city,points,tags,company\n' +
    ' ann@example.org\u00a0," Paris ", 5 ," a | b ",Acme \n' +
    'bob@example.org,"\u00a0","  ",\t,Acme\n';

  test('go from around every value, and a cell of blanks is empty', async () => {
    const world = await makeWorld();
    await world.contacts(file);
    expect(await world.list('email', 'city', 'points', 'tags', 'company')).toEqual([
      ['ann@example.org', 'Paris', 5, 'a|b', 'Acme'],
      ['bob@example.org', null, 0, null, 'Acme'],
    ]);
    expect(figures(await world.contacts(file))).toEqual({ rows: 2, unchanged: 2 });
  });

  test('stay around texts where that is asked for', async () => {
    const world = await makeWorld();
    await world.contacts(file, { keepBlanks: true });
    expect(await world.list('email', 'city', 'points', 'tags')).toEqual([
      ['ann@example.org', ' Paris ', 5, 'a|b'],
      ['bob@example.org', '\u00a0', 0, null],
    ]);
  });

  test('behind the last column of the header are nothing', async () => {
    const world = await makeWorld();
    expect(figures(await world.contacts('email\nann@example.org, ,\u00a0\n'))).toEqual({
      rows: 1,
      inserted: 1,
    });
  });

  test('go from around all that an event says', async () => {
    const world = await makeWorld();
    await world.contacts('email\nann@example.org\n');
    const header = 'email,type,occurred_at,subject,id,value,property.plan,property.note\n';
    await world.events(
      `${header} ann@example.org,page.hit ,2026-01-01 ,/pricing , x1 , 5 , pro\u00a0, \n`,
    );
    const [event] = await world.store.read(async (tx) => tx.events.list({}));
    expect(event).toMatchObject({
      type: 'page.hit',
      subject: '/pricing',
      externalId: 'x1',
      value: 5,
      properties: { plan: 'pro' },
    });
  });
});

test('Excel writes a text as a formula, in every type', async () => {
  const world = await dated();
  await world.addField('vip', 'boolean');
  const report = await world.contacts(
    'email,zipcode,points,born,vip,tags,note\n' +
      '"=""ann@example.org""","=""06000""","=""12""","=""2001-02-03""","=""yes""","=""a|b""","=""say """"hi"""""""\n' +
      'bob@example.org,"=""""","=""x""+1",,,,"=""NULL"""\n',
  );
  expect(await world.list('email', 'zipcode', 'born', 'vip', 'tags', 'note')).toEqual([
    ['ann@example.org', '06000', '2001-02-03', 1, 'a|b', 'say "hi"'],
  ]);
  expect(report.cleaned).toBe(6);
  expect(report.notes).toEqual(['6 cells cleaned: 6 `="…"`']);
  expect(report.samples).toMatchObject([
    { line: 3, column: 'points', reason: 'Points: `="x"+1` is not a number' },
  ]);
});

test('what databases write for nothing', async () => {
  const world = await dated();
  const header = 'email,city,born,seen,note\n';
  await world.contacts(`${header}ann@example.org,Paris,2001-02-03,2020-01-02,x\n`);
  await world.contacts(`${header}ann@example.org,null,0000-00-00,0000-00-00 00:00:00,"'\\N"\n`);
  expect(await world.list('city', 'born', 'note')).toEqual([['null', '2001-02-03', '\\N']]);
  await world.contacts(`${header}ann@example.org,\\N,\\N,\\N, \\N \n`);
  expect(await world.list('city', 'born', 'seen', 'note')).toEqual([[null, null, null, null]]);
});

test('cleaned cells of the good rows are counted, by what was around them', async () => {
  const world = await makeWorld();
  const report = await world.contacts(
    'email,points,phone\n' +
      'Ann <ann@example.org>,"12,50 €",\'+33612345678\n' +
      'bob@example.org.,12 %,06\n' +
      'mailto:cid@example.org,5 €,07\n' +
      'dan@example.org,5 €,none\n',
  );
  expect(await world.list('email', 'points', 'phone')).toEqual([
    ['ann@example.org', 12.5, '+33612345678'],
    ['bob@example.org', 12, '06'],
    ['cid@example.org', 5, '07'],
  ]);
  expect(report.cleaned).toBe(7);
  expect(report.notes).toEqual([
    '7 cells cleaned: 2 currencies, 1 name beside an address, ' +
      '1 apostrophe before a number, 1 mark behind an address, 1 percent sign, 1 `mailto:`',
  ]);
  expect((await world.contacts('email\neve@example.org\n')).cleaned).toBe(0);
});

describe('--date-format', () => {
  const file = 'email,born,Seen at,note\nann@example.org,01/02/2001,1412098448,01/02/2001\n';
  const map = ['Seen at=seen'];

  test('can be one for each column', async () => {
    const world = await dated();
    await world.contacts(file, { map, dateFormat: ['DMY', 'seen AT=unix'] });
    expect(await world.list('born', 'seen')).toEqual([['2001-02-01', 1_412_098_448_000]]);
  });

  test('of one column leaves the order of the others to be found', async () => {
    const world = await dated();
    await world.contacts(`${file}bob@example.org,31/01/2001,0,\n`, {
      map,
      dateFormat: ['Seen at=unix'],
    });
    expect(await world.list('born', 'seen')).toEqual([
      ['2001-02-01', 1_412_098_448_000],
      ['2001-01-31', 0],
    ]);
  });

  test('a text that looks like a date asks for none', async () => {
    const world = await dated();
    const both =
      'email,born,note\nann@example.org,01/02/2001,03/04/2001\nbob@example.org,31/01/2001,\n';
    await world.contacts(both);
    expect(await world.list('born', 'note')).toEqual([
      ['2001-02-01', '03/04/2001'],
      ['2001-01-31', null],
    ]);
  });

  test.each([
    [['sean=unix'], 'UNKNOWN_COLUMN', 'unknown column `sean` in --date-format'],
    [['born=DMX'], 'BAD_DATE_FORMAT', '`DMX` is not a date format'],
    [
      ['note=DMY'],
      'NOT_A_DATE',
      '--date-format names the column `note`, which is not read as a date',
    ],
  ])('%s is refused', async (dateFormat, code, message) => {
    const world = await dated();
    expect(await refusal(world.contacts(file, { map, dateFormat }))).toMatchObject({
      exit: 2,
      code,
      message,
    });
  });
});
