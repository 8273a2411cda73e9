import { describe, expect, it } from 'vitest';
import { type Crm, makeCrm } from './crm.ts';

const members = ({ json }: Crm, alias: string): string[] =>
  (json('segments:members', alias) as { email: string }[]).map(({ email }) => email);

describe('an import that is taken back after a merge', () => {
  it('deletes nobody who is another person entered by hand as well', () => {
    const { world, ok, json } = makeCrm();
    world.file('people.csv', 'email,phone\nw@example.org,123\n');
    ok('contacts:import', 'people.csv');
    ok('contacts:add', 'l@example.org', '--set', 'phone=999');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('imports:undo', 'last', '--yes');
    expect(json('contacts:list')).toMatchObject([{ email: 'w@example.org' }]);
  });

  it('ends no membership that was given by hand, be it to the one or the other', () => {
    const crm = makeCrm();
    const { world, ok } = crm;
    ok('segments:create', 'News');
    for (const name of ['w', 'l', 'w2', 'l1', 'l2']) ok('contacts:add', `${name}@example.org`);
    ok('segments:add', 'news', 'l@example.org', '--reason', 'by hand');
    world.file('list.csv', 'email\nw@example.org\nl1@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('segments:add', 'news', 'l2@example.org', '--reason', 'by hand');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('contacts:merge', 'w2@example.org', 'l1@example.org', 'l2@example.org', '--yes');
    ok('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual(['w@example.org', 'w2@example.org']);
    expect(ok('doctor', '--deep')).toContain('all well');
  });

  it('counts nobody twice who joined by it', () => {
    const { world, ok } = makeCrm();
    ok('segments:create', 'News');
    for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
    world.file('list.csv', 'email\nl@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    expect(ok('imports:show', 'last', '--format', 'csv')).toBe(
      'segment_id,alias,joined,left,open,pinned\n1,news,1,0,1,0\n',
    );
  });

  it('ends one that was given by imports alone', () => {
    const crm = makeCrm();
    const { world, ok } = crm;
    ok('segments:create', 'News');
    for (const name of ['w', 'l']) ok('contacts:add', `${name}@example.org`);
    world.file('list.csv', 'email\nl@example.org\n');
    ok('segments:import', 'news', 'list.csv');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    expect(members(crm, 'news')).toEqual(['w@example.org']);
    ok('imports:undo', 'last', '--yes');
    expect(members(crm, 'news')).toEqual([]);
  });
});

describe('who is erased after a merge', () => {
  it('leaves no word of the others either', () => {
    const { ok } = makeCrm();
    ok('segments:create', 'News');
    for (const name of ['w', 'l', 'other']) ok('contacts:add', `${name}@example.org`);
    ok('segments:add', 'news', 'l@example.org', '--reason', 'secret of l');
    ok('segments:add', 'news', 'other@example.org', '--reason', 'secret of another');
    ok('contacts:merge', 'w@example.org', 'l@example.org', '--yes');
    ok('contacts:erase', 'w@example.org', '--yes');
    const told = ok('segments:changes', '--since', 'start') + ok('audit:list', '--json');
    expect(told).not.toContain('secret of l');
    expect(told).toContain('secret of another');
  });
});
