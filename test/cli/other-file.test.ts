import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { dumpStore } from '../helpers/store-dump.ts';
import { type Ran, type World, makeWorld } from '../helpers/run.ts';

const IMPORT = 'email\nann@example.org\nbad\n';

let world: World;
let store: string;
beforeEach(() => {
  world = makeWorld('shared');
  mkdirSync(join(world.folder, 'data'));
  world.ok('init', '--db', 'data/crm.db');
  world.file('in.csv', IMPORT);
  store = join(world.folder, 'data/crm.db');
});

function expectRefused(run: () => Ran, message: string): void {
  const before = [dumpStore(store), readFileSync(join(world.folder, 'in.csv'), 'utf8')];
  expect(run()).toEqual({
    status: 2,
    stdout: '',
    stderr: `error: ${message}\nhint: name another file\n`,
  });
  expect([dumpStore(store), readFileSync(join(world.folder, 'in.csv'), 'utf8')]).toEqual(before);
}

describe('an output', () => {
  test.each([
    ['status'],
    ['contacts:export'],
    ['segments:update'],
    ['contacts:import', 'in.csv'],
    ['init'],
    ['db:migrate'],
    ['help'],
  ])('of %s is never the store', (...command) => {
    const run = () => world.run(...command, '--db', 'data/crm.db', '-o', 'data/crm.db');
    expectRefused(run, '-o data/crm.db is the store data/crm.db');
  });

  it('is never the store by another name: links on either side', () => {
    symlinkSync('data/crm.db', join(world.folder, 'link.db'));
    symlinkSync('link.db', join(world.folder, 'link-to-link.db'));
    symlinkSync('data', join(world.folder, 'linked'));
    linkSync(store, join(world.folder, 'hard.db'));
    for (const name of [
      'link.db',
      'link-to-link.db',
      'linked/crm.db',
      'hard.db',
      store,
      'data/../data/crm.db',
    ]) {
      expectRefused(
        () => world.run('status', '--db', 'data/crm.db', '-o', name),
        `-o ${name} is the store data/crm.db`,
      );
      expectRefused(
        () => world.run('status', '--db', name, '-o', 'data/crm.db'),
        `-o data/crm.db is the store ${name}`,
      );
    }
  });

  test.each(['-wal', '-shm', '-journal', '.lock', '.scan-t-1-1', '.new-abc'])(
    'is no %s of the store, there or not',
    (suffix) => {
      const name = `data/crm.db${suffix}`;
      const run = (db: string, output: string) => () =>
        world.run('status', '--db', db, '-o', output);
      const saying = (output: string) =>
        new RegExp(`^error: -o ${output} is .*data/crm\\.db${suffix}, a file of the store `);
      symlinkSync(store, join(world.folder, 'link.db'));
      symlinkSync(store + suffix, join(world.folder, 'link.out'));
      for (const [db, output] of [
        ['data/crm.db', name],
        ['link.db', name],
        ['data/crm.db', 'link.out'],
      ] as const) {
        const { status, stderr } = run(db, output)();
        expect([status, stderr]).toEqual([2, expect.stringMatching(saying(output))]);
      }
    },
  );

  it('may stand beside the store under a name of its own', () => {
    for (const name of ['data/crm.db.txt', 'data/crm', 'data/crm.db-wal.txt'])
      world.ok('status', '--db', 'data/crm.db', '-o', name);
  });

  it('is not added to the store either', () => {
    const file = openSync(store, 'a');
    expectRefused(() => {
      const { status, stderr } = world.runWith(
        { stdio: ['ignore', file, 'pipe'] },
        'status',
        '--db',
        'data/crm.db',
      );
      return { status, stdout: '', stderr };
    }, 'standard output is the store data/crm.db');
    closeSync(file);
  });

  it('of a new store is not that store', () => {
    const ran = world.run('init', '--db', 'new.db', '-o', './new.db');
    expect([ran.status, ran.stderr]).toEqual([
      2,
      'error: -o ./new.db is the store new.db\nhint: name another file\n',
    ]);
  });

  it('is not what the command reads', () => {
    linkSync(join(world.folder, 'in.csv'), join(world.folder, 'hard.csv'));
    const command = ['contacts:import', 'in.csv', '--db', 'data/crm.db'];
    expectRefused(
      () => world.run(...command, '-o', 'hard.csv'),
      '-o hard.csv is the input file in.csv',
    );
    expectRefused(
      () => world.run(...command, '--rejects', 'r.csv', '-o', 'r.csv'),
      '-o r.csv is the file of rejected rows r.csv',
    );
    const beside = 'in.csv.rejects.csv';
    expectRefused(
      () => world.run(...command, '-o', beside),
      `-o ${beside} is the file of rejected rows ${beside}`,
    );
    world.file('where.txt', 'points > 3');
    const list = ['contacts:list', '--where', '@where.txt', '--db', 'data/crm.db'];
    expectRefused(
      () => world.run(...list, '-o', 'where.txt'),
      '-o where.txt is the file where.txt that it reads',
    );
    expectRefused(
      () => fromFile('in.csv', 'contacts:import', '-', '-o', 'in.csv'),
      '-o in.csv is standard input',
    );
    expectRefused(
      () => fromFile('in.csv', 'contacts:import', '/dev/stdin', '-o', 'in.csv'),
      '-o in.csv is the input file /dev/stdin',
    );
  });
});

/** With a file as standard input, as a shell does for `<`. */
function fromFile(name: string, ...args: string[]): Ran {
  const file = openSync(join(world.folder, name), 'r');
  try {
    return world.runWith({ stdio: [file, 'pipe', 'pipe'] }, ...args, '--db', 'data/crm.db');
  } finally {
    closeSync(file);
  }
}

describe('rejected rows', () => {
  test.each(['contacts:import', 'companies:import', 'events:import'])(
    'of %s never go into the store',
    (command) => {
      symlinkSync('data/crm.db', join(world.folder, 'link.db'));
      linkSync(store, join(world.folder, 'hard.db'));
      const key = command === 'companies:import' ? ['--map', 'email=name'] : [];
      writeFileSync(
        join(world.folder, 'in.csv'),
        command === 'events:import' ? 'email,type,occurred_at\na@example.org,x,never\n' : IMPORT,
      );
      for (const name of ['data/crm.db', 'link.db', 'hard.db']) {
        const run = () =>
          world.run(command, 'in.csv', ...key, '--rejects', name, '--db', 'data/crm.db');
        expectRefused(run, `--rejects ${name} is the store data/crm.db`);
      }
    },
  );

  it('never go into a file of the store, nor remove it where there are none', () => {
    world.file('good.csv', 'email\nann@example.org\n');
    const { status, stderr } = world.run(
      'contacts:import',
      'good.csv',
      '--rejects',
      'data/crm.db-wal',
      '--db',
      'data/crm.db',
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('data/crm.db-wal, a file of the store'),
    ]);
    expectRefused(
      () =>
        world.run('contacts:import', 'good.csv', '--rejects', 'data/crm.db', '--db', 'data/crm.db'),
      '--rejects data/crm.db is the store data/crm.db',
    );
  });

  it('never go into the input, by whatever name', () => {
    symlinkSync('in.csv', join(world.folder, 'link.csv'));
    linkSync(join(world.folder, 'in.csv'), join(world.folder, 'hard.csv'));
    for (const name of ['in.csv', './in.csv', 'link.csv', 'hard.csv']) {
      const run = () =>
        world.run('contacts:import', 'in.csv', '--rejects', name, '--db', 'data/crm.db');
      expectRefused(run, `--rejects ${name} is the input, in.csv`);
    }
    expectRefused(
      () => fromFile('in.csv', 'contacts:import', '-', '--rejects', 'in.csv'),
      '--rejects in.csv is the input, standard input',
    );
    linkSync(join(world.folder, 'in.csv'), join(world.folder, 'in.csv.rejects.csv'));
    const { status, stderr } = world.run('contacts:import', 'in.csv', '--db', 'data/crm.db');
    expect([status, stderr]).toEqual([
      2,
      'error: the file of rejected rows in.csv.rejects.csv is the input, in.csv\n' +
        'hint: name another file with --rejects\n',
    ]);
  });

  it('of a file with a long name have a name that fits, and one of their own', () => {
    const names = ['1', '2'].map((last) => `${'é'.repeat(120)}${last}.csv`);
    const files = names.map((name) => {
      world.file(name, IMPORT);
      const { status, stdout } = world.run('contacts:import', name, '--db', 'data/crm.db');
      expect(status).toBe(3);
      return /^rejected rows are in (.*)$/m.exec(stdout)?.[1] ?? '';
    });
    expect(new Set(files).size).toBe(2);
    for (const file of files) {
      expect(file).toMatch(/^é+~[0-9a-f]{8}\.rejects\.csv$/);
      expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
      expect(readFileSync(join(world.folder, file), 'utf8')).toContain('bad');
    }
  });
});
