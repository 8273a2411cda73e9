import { beforeEach, describe, expect, it } from 'vitest';
import { type Command, defineCommand } from '../../src/cli/define-command.ts';
import type { Stores } from '../../src/cli/io.ts';
import {
  argument,
  flag,
  optionalArgument,
  requiredValue,
  restArguments,
  toggle,
  value,
  valueOr,
  values,
} from '../../src/cli/options/options.ts';
import { parse } from '../../src/cli/parser.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import {
  assignment,
  choice,
  commaList,
  positiveNumber,
  text,
  wholeNumber,
} from '../../src/cli/options/values.ts';
import { copyStore } from '../../src/copy-store.ts';
import { EXIT, UserError } from '../../src/support/errors.ts';
import { backupStore } from '../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../src/store/sqlite/backup/restore.ts';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { requireNotStoreFile } from '../../src/store/sqlite/file/store-files.ts';
import { type World, makeWorld } from '../helpers/run.ts';
import { fakeIo } from '../helpers/streams.js';

const stores: Stores = {
  open: openStore,
  init: initStore,
  migrate: migrateStore,
  copy: copyStore,
  backup: backupStore,
  restore: restoreStore,
  requireOtherFile: async (path, output, what) => requireNotStoreFile(path, output, what),
};

async function run(
  command: Command,
  ...argv: string[]
): Promise<{ exit: number; stdout: string; stderr: string }> {
  const parsed = parse(command, argv);
  if (parsed.kind !== 'call') throw new Error(`not a call: ${parsed.kind}`);
  const { io, stdout, stderr } = fakeIo();
  const exit = await runCommand(command, parsed, io, stores);
  return { exit, stdout: stdout(), stderr: stderr() };
}

describe('arguments and options', () => {
  const echo = defineCommand({
    name: 'test:echo',
    arguments: {
      first: argument('first', 'one', wholeNumber),
      second: optionalArgument('second', 'two', text),
      others: restArguments('others', 'more', text),
    },
    options: {
      dryRun: flag('--dry-run', 'do nothing'),
      public: toggle('--public', '--no-public', 'visible', 'hidden'),
      limit: value('--limit <n>', 'at most', positiveNumber),
      mode: valueOr('--mode <mode>', 'how', choice(['upsert', 'insert']), 'upsert'),
      set: values('--set <field=value>', 'a value', assignment),
      fields: value('--fields <a,b>', 'which', commaList),
      to: requiredValue('--to <kind>', 'what', text),
    },
    examples: ['rollcall test:echo 1 --to x'],
    exitCodes: [],
    store: 'none',
    result: 'message',
    run: async (_context, args, options) => ({
      kind: 'message',
      text: '',
      data: { args, options },
    }),
  });
  const read = async (...argv: string[]): Promise<unknown> =>
    (JSON.parse((await run(echo, '--json', '--to', 'x', ...argv)).stdout) as { data: unknown })
      .data;

  it('are read as their schemas say', async () => {
    expect(await read('7')).toEqual({
      args: { first: 7, others: [] },
      options: { dryRun: false, mode: 'upsert', set: [], to: 'x' },
    });
    expect(
      await read(
        '7',
        'b',
        'c',
        'd',
        '--dry-run',
        '--no-public',
        '--limit',
        '3',
        '--mode=insert',
        '--set',
        'a=1=2',
        '--set',
        'b=',
        '--fields',
        'x, y,',
      ),
    ).toEqual({
      args: { first: 7, second: 'b', others: ['c', 'd'] },
      options: {
        dryRun: true,
        public: false,
        limit: 3,
        mode: 'insert',
        set: [
          { name: 'a', value: '1=2' },
          { name: 'b', value: '' },
        ],
        fields: ['x', 'y'],
        to: 'x',
      },
    });
    expect(await read('7', '--public', '--set', '-x=--y')).toMatchObject({
      options: { public: true, set: [{ name: '-x', value: '--y' }] },
    });
  });

  it.each([
    [['x'], '`x` must be a whole number'],
    [['1', '--limit', '0'], '`--limit 0` must be at least 1'],
    [['1', '--limit', '1', '--limit', '2'], '`--limit` is given twice'],
    [['1', '--mode', 'insrt'], '`--mode insrt` is not known'],
    [['1', '--set', 'plan'], '`--set plan` must be written as name=value'],
    [['1', '--public', '--no-public'], '`--public` and `--no-public` contradict each other'],
    [['1', '--to', 'y'], '`--to` is given twice'],
  ])('%j is refused (2)', async (argv, message) => {
    await expect(read(...argv)).rejects.toMatchObject({ exit: EXIT.usage, message });
  });

  it('that are required and missing are refused (2)', async () => {
    await expect(run(echo, '1')).rejects.toMatchObject({
      exit: EXIT.usage,
      message: '`--to <kind>` is missing',
    });
  });
});

describe('a command with a store', () => {
  let world: World;
  let db: string;
  beforeEach(() => {
    world = makeWorld('shared');
    world.ok('init', '--db', 'a.db');
    db = `${world.folder}/a.db`;
  });

  const locking = (
    lock: Parameters<typeof defineCommand>[0]['lock'],
    work = async (): Promise<void> => undefined,
  ): Command =>
    defineCommand({
      name: 'test:lock',
      arguments: {},
      options: {},
      examples: ['rollcall test:lock'],
      exitCodes: [EXIT.partial],
      store: 'open',
      ...(lock === undefined ? {} : { lock }),
      result: 'message',
      run: async () => {
        await work();
        return {
          kind: 'message',
          text: 'ran',
          data: {},
          exit: EXIT.partial,
          warnings: ['one \u001b[2J row'],
        };
      },
    });

  it('ends with its exit code and its warnings on stderr', async () => {
    expect(await run(locking(false), '--db', db)).toEqual({
      exit: 3,
      stdout: 'ran\n',
      stderr: 'warning: one \\x1b[2J row\n',
    });
    expect(await run(locking(false), '--db', db, '-q')).toEqual({
      exit: 3,
      stdout: '',
      stderr: 'warning: one \\x1b[2J row\n',
    });
    expect(JSON.parse((await run(locking(false), '--db', db, '--json')).stderr)).toEqual({
      warning: { message: 'one \u001b[2J row' },
    });
  });

  it('takes the run lock, and gives it back however it ends', async () => {
    const nested = locking(true, async () => {
      await run(locking(true), '--db', db);
    });
    await expect(run(nested, '--db', db)).rejects.toMatchObject({
      code: 'LOCKED',
      exit: EXIT.locked,
    });
    expect((await run(locking(true), '--db', db)).exit).toBe(3);
  });

  it('may skip while another holds the lock', async () => {
    let inner = '';
    const nested = locking(true, async () => {
      inner = (
        await run(
          locking(() => ({ kind: 'skip' })),
          '--db',
          db,
        )
      ).stdout;
    });
    await run(nested, '--db', db);
    expect(inner).toBe('skipped: another run is at work on this store\n');
  });

  it('closes the store when it fails', async () => {
    let opened: Awaited<ReturnType<typeof openStore>> | undefined;
    const watching: Stores = { ...stores, open: async (path) => (opened = await openStore(path)) };
    const failing = locking(false, async () => {
      throw new UserError('NO', EXIT.refused, 'no');
    });
    const parsed = parse(failing, ['--db', db]);
    if (parsed.kind !== 'call') throw new Error('not a call');
    await expect(runCommand(failing, parsed, fakeIo().io, watching)).rejects.toThrow('no');
    await expect(opened!.read(async (tx) => tx.settings.get())).rejects.toThrow('not open');
  });
});
