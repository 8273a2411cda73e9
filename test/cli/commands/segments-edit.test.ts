import { expect, test } from 'vitest';
import { done, makeCrm, refused } from './crm.ts';

test('an edit that changes nothing says so and keeps no version, but for its note', () => {
  const { run, ok, json } = makeCrm();
  ok('segments:create', 'Hot', '--where', 'points > 5');
  const versions = (): number => (json('segments:versions', 'hot') as unknown[]).length;
  for (const same of [[], ['--name', 'Hot'], ['--where', 'points > 5']])
    expect(run('segments:edit', 'hot', ...same)).toEqual(
      done('nothing to change in segment hot\n'),
    );
  expect(versions()).toBe(1);
  ok('segments:edit', 'hot', '--note', 'as agreed');
  expect(run('segments:edit', 'hot', '--where', 'points > 6')).toEqual(
    done('changed segment hot\n'),
  );
  expect(versions()).toBeGreaterThan(1);
});
test('an empty filter makes no segment, and takes that of a static one away', () => {
  const { run, ok, json } = makeCrm();
  const empty = refused(2, 'the filter is empty', 'write a condition, for example: country = "FR"');
  for (const blank of ['', ' '])
    expect(run('segments:create', 'X', '--where', blank)).toEqual(empty);
  expect(json('segments:list')).toEqual([]);
  ok('segments:create', 'Hand');
  ok('segments:edit', 'hand', '--where', 'points > 5');
  expect(json('segments:show', 'hand')).toHaveProperty('filter', 'points > 5');
  ok('segments:edit', 'hand', '--where', '');
  expect(json('segments:show', 'hand')).toHaveProperty('filter', null);
});
