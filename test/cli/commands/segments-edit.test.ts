import { expect, test } from 'vitest';
import { done, makeCrm } from './crm.ts';

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
