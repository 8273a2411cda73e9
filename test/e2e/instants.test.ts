import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { BIN, makeWorld, type World } from '../helpers/run.ts';

/* Several processes by the real clock: what is written later is dated later, whoever began first. */

interface Line {
  readonly change: string;
  readonly at: string;
  readonly contact_id: number;
}

function listWorld(): World & { readonly rc: (...words: string[]) => string } {
  const world = makeWorld();
  const rc = (...words: string[]): string => {
    const ran = world.runWith({ now: undefined }, ...words, '--db', 'crm.db');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    return ran.stdout;
  };
  rc('init');
  rc('contacts:add', 'ann@x.example');
  rc('segments:create', 'List');
  return { ...world, rc };
}

type Child = ChildProcessByStdio<Writable, null, null>;

/** A command that has begun to read its input, which is held open. */
async function reading(folder: string, ...words: string[]): Promise<Child> {
  const child = spawn(process.execPath, [BIN, ...words, '--db', 'crm.db'], {
    cwd: folder,
    env: { HOME: folder },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // more than a pipe holds: when all of it is gone, somebody reads
  await new Promise((resolve) => child.stdin.write('\n'.repeat(1_000_000), resolve));
  return child;
}

async function end(child: Child, input: string): Promise<number | null> {
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(input);
  const [status] = await closed;
  return status;
}

function feedOf({ rc }: ReturnType<typeof listWorld>): Line[] {
  const lines = rc('segments:changes', '--since', 'start').trimEnd().split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Line);
}

test('who waited for input is dated after what others did meanwhile', async () => {
  const world = listWorld();
  const removing = await reading(world.folder, 'segments:remove', 'list', '-');
  world.rc('segments:add', 'list', 'ann@x.example');
  expect(await end(removing, 'ann@x.example\n')).toBe(0);
  const feed = feedOf(world);
  expect(feed.map(({ change }) => change)).toEqual(['joined', 'left']);
  const [joined, left] = feed.map(({ at }) => Date.parse(at));
  expect(left).toBeGreaterThanOrEqual(joined!);
  const history = JSON.parse(world.rc('contacts:history', '1', '--json')) as {
    data: { what: string }[];
  };
  expect(history.data.map(({ what }) => what)).toEqual(['joined', 'left', 'pinned out']);
});

test('who waited for the lock is dated after it was free', async () => {
  const world = listWorld();
  const adding = await reading(world.folder, 'segments:add', 'list', '-');
  const db = new Sqlite(join(world.folder, 'crm.db'));
  db.exec('begin immediate');
  const ended = end(adding, 'ann@x.example\n');
  await new Promise((resolve) => setImmediate(resolve)); // the input goes out
  const taken = Date.now();
  while (Date.now() === taken); // another millisecond, and the lock is held all the while
  const freed = Date.now();
  db.exec('commit');
  db.close();
  expect(await ended).toBe(0);
  const [joined] = feedOf(world);
  expect(Date.parse(joined!.at)).toBeGreaterThanOrEqual(freed);
});
