import { describe, expect, test } from 'vitest';
import { exportContacts } from '../../src/csv/export.ts';
import { splitAt } from '../../src/csv/list-cells.ts';
import { figures, makeWorld, refusal, type World } from './world.ts';

async function exported(world: World): Promise<string> {
  let all = '';
  for await (const piece of exportContacts(world.store, { fields: ['email', 'tags'] }))
    all += piece;
  return all;
}

describe('a cell of tags', () => {
  test.each<[string, string[], string]>([
    ['vip|blog', [], 'blog|vip'],
    ['"VIP","Newsletter"', [], 'Newsletter|VIP'],
    ['"Smith, Ann" , "VIP"', [], 'Smith, Ann|VIP'],
    ['"VIP"', [], 'VIP'],
    ['Smith, Ann|vip', [], 'Smith, Ann|vip'],
    ['Smith, Ann|', [], 'Smith, Ann'],
    ['vip, blog', ['tags=,'], 'blog|vip'],
    ['vip,"Smith, Ann",', ['tags=,'], 'Smith, Ann|vip'],
    ['a, b;c', ['tags=;'], 'a, b|c'],
    ['vip,blog', ['tags=|'], 'vip,blog'],
    ['vip ::: blog', ['tags= ::: '], 'blog|vip'],
    ['old, blog', ['tags=,'], 'blog|old'],
    ['-old, blog', ['tags=,'], 'blog'],
  ])('%s with %j holds %s', async (cell, multi, tags) => {
    const world = await makeWorld();
    const row = `ann@example.org,"${cell.replaceAll('"', '""')}"\n`;
    await world.contacts(`email,tags\n${row}`, { multi });
    expect(await world.list('tags')).toEqual([tags]);
    expect(figures(await world.contacts(`email,tags\n${row}`, { multi }))).toEqual({
      rows: 1,
      unchanged: 1,
    });
  });

  test.each([',', ' ; ', '|', '""', '"",""'])('%j holds none', async (cell) => {
    const world = await makeWorld();
    const row = `ann@example.org,"${cell.replaceAll('"', '""')}"\n`;
    expect(figures(await world.contacts(`email,tags\n${row}`))).toEqual({ rows: 1, inserted: 1 });
    expect(await world.list('tags')).toEqual([null]);
    expect(await world.value('select count(*) from tags')).toBe(0);
  });

  test('with commas that nothing settles stops the import and says so', async () => {
    const world = await makeWorld();
    const file = 'email,Tags\nann@example.org,vip\nbob@example.org,"vip,blog"\n';
    expect(await refusal(world.contacts(file))).toEqual({
      exit: 65,
      code: 'TAGS_UNDECIDED',
      message: 'line 3: `vip,blog` in the column `Tags` can be one tag or several',
      hint: "--multi 'tags=,' splits such cells, --multi 'tags=|' takes each for one tag",
    });
    expect(await world.list('email')).toEqual([]);
    expect(await refusal(world.contacts('email,tags\na@example.org,a;b\n'))).toMatchObject({
      hint: "--multi 'tags=;' splits such cells, --multi 'tags=|' takes each for one tag",
    });
  });

  test('is one tag where that tag exists, and comes back from an export as it was', async () => {
    const [world, other] = [await makeWorld(), await makeWorld()];
    await world.contacts('email,tags\nann@example.org,"Smith, Ann"\ncid@example.org,"""x"""\n', {
      multi: ['tags=|'],
    });
    await world.contacts('email,tags\nbob@example.org,"smith, ann"\n');
    expect(await world.list('tags')).toEqual(['Smith, Ann', '"x"', 'Smith, Ann']);
    const csv = await exported(world);
    await other.contacts(csv);
    expect(await exported(other)).toBe(csv);
    expect(await other.list('tags')).toEqual(['Smith, Ann', '"x"', 'Smith, Ann']);
  });
});

describe('a cell of a multiselect', () => {
  test.each([
    ['b|A', '|a|b|'],
    ['a;b', '|a|b|'],
    ['b, a', '|a|b|'],
    ['a ::: Paris, France', '|a|Paris, France|'],
    ['Paris, France', '|Paris, France|'],
    ['Paris, France;a', '|a|Paris, France|'],
    ['a\nb', '|a|b|'],
  ])('%j is %s', async (cell, value) => {
    const world = await makeWorld();
    await world.addField('places', 'multiselect', { options: ['a', 'b', 'Paris, France'] });
    await world.contacts(`email,places\nann@example.org,"${cell}"\n`);
    expect(await world.list('places')).toEqual([value]);
  });

  test('is split as --multi says; what makes no options rejects the row', async () => {
    const world = await makeWorld();
    await world.addField('places', 'multiselect', { options: ['a', 'b', 'Paris, France'] });
    await world.contacts('email,places\nann@example.org,a/b\n', { multi: ['places=/'] });
    expect(await world.list('places')).toEqual(['|a|b|']);
    const report = await world.contacts('email,places\nann@example.org,"a,c"\nb@example.org,\n');
    expect(report.samples[0]?.reason).toContain('`a,c` is not an option');
  });
});

test.each([
  ['tags', 'BAD_MULTI'],
  ['tags=', 'BAD_MULTI'],
  ['city=,', 'NOT_MULTI'],
  ['tgas=,', 'UNKNOWN_FIELD'],
])('--multi %s is refused', async (multi, code) => {
  const world = await makeWorld();
  const refused = refusal(world.contacts('email\nann@example.org\n', { multi: [multi] }));
  expect(await refused).toMatchObject({ exit: 2, code });
});

test.each([
  [',', 'a, b,,c ,', ['a', 'b', 'c']],
  [',', '"a,b", c', ['a,b', 'c']],
  [',', '"say ""hi""",x', ['say "hi"', 'x']],
  [',', '"a" b, c', ['"a" b', 'c']],
  [' ::: ', '"a" ::: b', ['a', 'b']],
  [' ::: ', 'a:::b', ['a:::b']],
])('split at %j, %j is %j', (separator, text, parts) =>
  expect(splitAt(separator, text)).toEqual(parts),
);
