import { expect, test } from 'vitest';
import { type Crm, makeCrm } from './crm.ts';

/** One contact, tagged vip, with an event of each type. */
function crmWith(...types: readonly string[]): Crm {
  const made = makeCrm();
  made.ok('contacts:add', 'ann@example.org', '--tag', 'vip');
  for (const type of types) made.ok('events:add', 'ann@example.org', type);
  return made;
}

const DID_YOU_MEAN = 'warning: no event type `purchse` yet; did you mean `purchase`?\n';

const MEANT_VIP = 'warning: no tag `vpi` yet; did you mean `vip`?\n';

/** Each way to hand a filter over. */
const WAYS: Readonly<Record<string, (filter: string) => string[]>> = {
  preview: (filter) => ['segments:preview', filter],
  'preview as a statement': (filter) => ['segments:preview', filter, '--sql'],
  create: (filter) => ['segments:create', `Of ${filter}`, '--where', filter],
  edit: (filter) => ['segments:edit', 'old', '--where', filter],
  'add a condition': (filter) => ['segments:filters:add', 'old', '--where', filter],
  'set a filter': (filter) => ['segments:filters:set', 'old', filter],
  list: (filter) => ['contacts:list', '--where', filter],
  'list as CSV': (filter) => ['contacts:list', '--where', filter, '--format', 'csv'],
  export: (filter) => ['contacts:export', '--where', filter],
};

test('every way to hand a filter over warns of event types and tags that nobody has, and of no others', () => {
  const { ok, run } = crmWith('page.hit');
  ok('segments:create', 'Old', '--where', 'did page.hit');
  for (const [name, way] of Object.entries(WAYS)) {
    const odd = run(...way('not did purchse in last 3 days or not tagged "vpi"'));
    expect([name, odd.status, odd.stderr]).toEqual([
      name,
      0,
      expect.stringContaining(`${MEANT_VIP}${DID_YOU_MEAN}`),
    ]);
    const usual = run(...way('did PAGE.Hit or tagged "VIP"'));
    expect([name, usual.stderr]).toEqual([name, expect.not.stringContaining('warning')]);
  }
});

test('every figure of events is looked at, and each type told once', () => {
  const { run } = crmWith('page.hit');
  const warningsOf = (filter: string): string =>
    run('segments:preview', filter, '--sample', '0').stderr;
  for (const filter of [
    'did purchse',
    'did purchse or not did purchse where property.sku = "x"',
    'count(purchse where value > 1) = 0',
    'first(purchse) before today',
    'last(purchse in last 3 days) is empty',
    'sum(purchse.value) > 1',
    'max(purchse.value during this year) > 1',
  ]) {
    expect([filter, warningsOf(filter)]).toEqual([filter, DID_YOU_MEAN]);
  }
  expect(warningsOf('did purchse or did pagehit or did webinar').split('\n')).toEqual([
    DID_YOU_MEAN.trim(),
    'warning: no event type `pagehit` yet; did you mean `page.hit`?',
    'warning: no event type `webinar` yet',
    '',
  ]);
});

test('the nearest name is one of the store or a standard one', () => {
  const { run } = crmWith('webinar', 'Été.vu');
  const warningsOf = (filter: string): string => run('contacts:list', '--where', filter).stderr;
  expect(warningsOf('did webinr')).toContain('did you mean `webinar`?');
  expect(warningsOf('did form.sumbit')).toContain('did you mean `form.submit`?');
  expect(warningsOf('did WEBINAR or did éTÉ.VU')).not.toContain('warning');
});

test('a standard type waits for the first import: preview, explain and update -v say so, the others are silent', () => {
  const { ok, run } = crmWith();
  const gentle = 'warning: no `purchase` event is stored yet\n';
  const created = run('segments:create', 'Buyers', '--where', 'did Purchase');
  expect(created.stderr).not.toContain('warning');
  expect(run('contacts:list', '--where', 'did purchase').stderr).not.toContain('warning');
  expect(run('contacts:export', '--where', 'did purchase').stderr).not.toContain('warning');
  expect(run('segments:preview', 'did purchase').stderr).toBe(gentle);
  expect(run('segments:explain', 'buyers', 'ann@example.org').stderr).toContain(gentle);
  expect(run('segments:update').stderr).not.toContain('warning');
  expect(run('segments:update', '-v').stderr).toContain(
    'warning: segment buyers: no `purchase` event is stored yet\n',
  );
  ok('events:add', 'ann@example.org', 'PURCHASE');
  expect(run('segments:preview', 'did purchase', '--sample', '0').stderr).toBe('');
  expect(run('segments:update', '-v').stderr).not.toContain('warning');
});

test('explain and update -v warn of what stands in the filter, each segment once', () => {
  const { ok, run } = crmWith('page.hit');
  ok('segments:create', 'Buyers', '--where', 'did purchse or count(purchse) > 3 or tagged "vpi"');
  ok('segments:create', 'Others', '--where', 'not did purchse');
  ok('segments:create', 'Visitors', '--where', 'did page.hit');
  ok('segments:create', 'Draft', '--where', 'did purchse', '--unpublished');
  expect(run('segments:explain', 'buyers', 'ann@example.org').stderr).toContain(DID_YOU_MEAN);
  expect(run('segments:update').stderr).not.toContain('warning');
  const told = [
    'buyers: no tag `vpi` yet; did you mean `vip`?',
    'buyers: no event type `purchse` yet; did you mean `purchase`?',
    'others: no event type `purchse` yet; did you mean `purchase`?',
  ];
  const warningsOf = (...args: string[]): string[] =>
    run('segments:update', ...args)
      .stderr.split('\n')
      .filter((line) => line.startsWith('warning:'));
  expect(warningsOf('-v')).toEqual(told.map((text) => `warning: segment ${text}`));
  expect(warningsOf('-v', '--dry-run')).toHaveLength(3);
  expect(warningsOf('-v', 'others')).toHaveLength(1);
  expect(warningsOf('--full')).toEqual([]);
});

test('programs get them as documents', () => {
  const { ok, run } = crmWith('page.hit');
  ok('segments:create', 'Buyers', '--where', 'did purchse');
  const message = 'no event type `purchse` yet; did you mean `purchase`?';
  const warning = (text: string): string => `${JSON.stringify({ warning: { message: text } })}\n`;
  expect(run('segments:update', '-v', '--format', 'json').stderr).toContain(
    warning(`segment buyers: ${message}`),
  );
  expect(run('segments:preview', 'did purchse', '--format', 'json').stderr).toBe(warning(message));
});
