import { expect, it } from 'vitest';
import { done, makeCrm, refused } from './crm.ts';

it('nobody is asked about a deletion that is refused anyway', () => {
  const { ok, run } = makeCrm();
  ok('segments:create', 'base', '--where', 'true');
  ok('segments:create', 'top', '--where', 'in segment base');
  const inUse = refused(
    1,
    'segment base cannot be deleted: top refers to it',
    'change that filter first: rollcall segments:filters top',
  );
  expect(run('segments:delete', 'base')).toEqual(inUse);
  expect(run('segments:delete', 'base', '--yes')).toEqual(inUse);
});

it('one contact is still there, two are', () => {
  const { ok, run } = makeCrm();
  ok('contacts:add', 'ann@example.org', '--set', 'points=5');
  expect(ok('segments:preview', 'points = 5')).toMatch(/^1 of 1 contact matches \(/);
  ok('contacts:add', 'bob@example.org');
  expect(ok('segments:preview', 'points = 5')).toMatch(/^1 of 2 contacts match \(/);
  for (const [alias, where] of [
    ['one', 'points = 5'],
    ['all', 'true'],
  ] as const)
    ok('segments:create', alias, '--where', where, '--update');
  expect(run('segments:delete', 'one', '--yes')).toEqual(
    done(
      'deleted segment one; its 1 contact is still there\n',
      'for 90 days it can be restored: rollcall segments:restore 1\n',
    ),
  );
  expect(run('segments:delete', 'all', '--yes')).toEqual(
    done(
      'deleted segment all; its 2 contacts are still there\n',
      'for 90 days it can be restored: rollcall segments:restore 2\n',
    ),
  );
});
