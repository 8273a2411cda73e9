import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Crm, done, makeCrm, refused } from './crm.ts';

const FILE = `email,type,occurred_at,subject,value,id,property.sku,property.Size
ann@example.org,purchase,2026-01-01T10:00:00Z,=shoe,49.9,o-1,T-100,
bob@example.org,page.hit,2026-02-01T10:00:00.500Z,/a,,,,
ann@example.org,page.hit,2026-02-02T10:00:00Z,/b,,,,L
`;

/** `ann` (1) and `bob` (2), whose events are 1 to 3, and 4 of a contact (3) without an address. */
function crmWithEvents(): Crm {
  const crm = makeCrm();
  crm.world.file('events.csv', FILE);
  crm.ok('contacts:add', 'ann@example.org', '--set', 'points=7');
  crm.ok('contacts:add', 'bob@example.org');
  crm.ok('contacts:add', '--set', 'first_name=Nobody');
  crm.ok('events:import', 'events.csv');
  crm.ok('events:add', '3', 'page.hit', '--at', '2026-02-03');
  crm.ok('segments:create', 'Rich', '--where', 'points > 5');
  crm.ok('segments:update');
  return crm;
}

describe('events:export', () => {
  it('writes what events:import reads, guarded, and says whom it cannot name', () => {
    const { run } = crmWithEvents();
    const { status, stdout, stderr } = run('events:export');
    expect([status, stderr]).toEqual([
      0,
      'warning: 1 event is of contacts without `email`, and nobody is named there: --key id ' +
        'names everybody, for this store\n',
    ]);
    expect(stdout).toBe(
      'email,type,occurred_at,subject,value,id,property.Size,property.sku\n' +
        "ann@example.org,purchase,2026-01-01T10:00:00Z,'=shoe,49.9,o-1,,T-100\n" +
        'bob@example.org,page.hit,2026-02-01T10:00:00.500Z,/a,,,,\n' +
        'ann@example.org,page.hit,2026-02-02T10:00:00Z,/b,,,L,\n' +
        ',page.hit,2026-02-03T00:00:00Z,,,,,\n',
    );
  });

  it('changes nothing where it is read again, with ids, as CSV, NDJSON and JSON', () => {
    const { run, ok } = crmWithEvents();
    for (const format of ['csv', 'ndjson', 'json']) {
      expect(run('events:export', '--key', 'id', '--format', format, '-o', 'all')).toEqual(
        done('', format === 'csv' ? '4 rows written\n' : ''),
      );
      expect(ok('events:import', 'all', '--input-format', format)).toBe('4 rows: 4 unchanged\n');
    }
  });

  it.each<[string[], string]>([
    [['--contact', 'ann@example.org'], '1 3'],
    [['--contact', '3'], '4'],
    [['--type', 'Page.Hit'], '2 3 4'],
    [['--since', '2026-02-02'], '3 4'],
    [['--where', 'points = 7'], '1 3'],
    [['--search', 'bob'], '2'],
    [['--segment', 'rich', '--type', 'page.hit'], '3'],
    [['--segment', 'rich', '--contact', 'bob@example.org'], ''],
  ])('%j', (options, ids) => {
    const { ok } = crmWithEvents();
    const lines = ids === '' ? '' : `${ids.replaceAll(' ', '\n')}\n`;
    expect(ok('events:export', ...options, '--format', 'ids')).toBe(lines);
  });

  it('has the columns of the chosen events, or those that are named', () => {
    const { ok } = crmWithEvents();
    expect(ok('events:export', '--segment', 'rich', '--type', 'page.hit')).toBe(
      'email,type,occurred_at,subject,value,id,property.Size\n' +
        'ann@example.org,page.hit,2026-02-02T10:00:00Z,/b,,,L\n',
    );
    expect(ok('events:export', '--type', 'purchase', '--fields', 'property.sku,contact,id')).toBe(
      'property.sku,contact,id\nT-100,ann@example.org,o-1\n',
    );
    expect(ok('events:export', '--type', 'purchase', '--fields', 'property.constructor')).toBe(
      'property.constructor\n""\n',
    );
  });

  it('says in the manifest which events they are', () => {
    const { ok, world } = crmWithEvents();
    const options = ['--type', 'page.hit', '--since', '2026-02-02', '--key', 'id'];
    ok('events:export', ...options, '--manifest', 'm.json', '-o', 'out.csv');
    expect(JSON.parse(readFileSync(`${world.folder}/m.json`, 'utf8'))).toMatchObject({
      rows: 2,
      definition: {
        ...{ export: 'events', key: 'id', type: 'page.hit', since: '2026-02-02T00:00:00Z' },
        columns: ['contact', 'type', 'occurred_at', 'subject', 'value', 'id', 'property.Size'],
      },
    });
  });

  it('refuses what it does not know', () => {
    const { run } = crmWithEvents();
    expect(run('events:export', '--fields', 'contct')).toEqual(
      refused(2, 'events have no column `contct`', 'did you mean `contact`?'),
    );
    expect(run('events:export', '--key', 'first_name')).toMatchObject({ status: 2, stdout: '' });
    expect(run('events:export', '--contact', 'an@example.org')).toEqual(
      refused(2, 'unknown contact `an@example.org`', 'did you mean `ann@example.org`?'),
    );
    expect(run('events:export', '--type', 'none', '--format', 'table')).toEqual(
      done('', 'no events match\n'),
    );
  });
});
