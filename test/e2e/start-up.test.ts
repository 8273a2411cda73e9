import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BIN, type Ran } from '../helpers/run.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const LOADER = join(ROOT, 'bin/code-cache.js');
const ENGINE = `${process.version} ${process.arch}`;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function makeStore(): string {
  const store = join(makeFolder(), 'crm.db');
  node(BIN, 'init', '--db', store);
  return store;
}

function node(...args: string[]): Ran {
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

/** A chunk's text as V8 gets it. */
const wrapped = (text: string): string =>
  `(function (exports, require, module, __filename, __dirname) {\n${text}\n})`;
const TWO = "exports.word = () => 'two';";

/** What the loader makes of the chunk in the folder, in a fresh process. */
function wordOf(folder: string): Ran {
  return node(
    '-e',
    'const { load } = ' +
      `require(${JSON.stringify(LOADER)}).makeLoader(${JSON.stringify(folder)}); ` +
      "process.stdout.write(load('./main.cjs').word())",
  );
}

/**
 * A folder with a chunk that says `two` and the code of one that said `one`, under a checksum of
 * this text and engine.
 */
function forge(text: string, engine: string): { readonly folder: string; readonly cache: string } {
  const folder = makeFolder();
  const chunk = join(folder, 'main.cjs');
  writeFileSync(chunk, "exports.word = () => 'one';");
  node(
    '-e',
    'const { load, save } = ' +
      `require(${JSON.stringify(LOADER)}).makeLoader(${JSON.stringify(folder)}); ` +
      "load('./main.cjs').word(); save()",
  );
  writeFileSync(chunk, TWO);
  const cache = `${chunk}.cache`;
  const kept = readFileSync(cache);
  kept.writeUInt32LE(crc32(kept.subarray(4), crc32(wrapped(text), crc32(engine))));
  writeFileSync(cache, kept);
  return { folder, cache };
}

describe('the code cache', () => {
  it('is what runs when its checksum is right', () => {
    expect(wordOf(forge(TWO, ENGINE).folder)).toMatchObject({ status: 0, stdout: 'one' });
  });

  it.each([
    ['another text of the same length', "exports.word = () => 'one';", ENGINE],
    ['another engine', TWO, 'v1.0.0 x64'],
  ])('of %s is not used', (_name, text, engine) => {
    expect(wordOf(forge(text, engine).folder)).toMatchObject({
      status: 0,
      stdout: 'two',
      stderr: '',
    });
  });

  it.each<[string, (kept: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (kept) => kept.subarray(0, kept.length / 2)],
    ['all zeros', (kept) => Buffer.alloc(kept.length)],
    [
      'damaged in the middle',
      (kept) => Buffer.from(kept.map((byte, at) => (at === kept.length >> 1 ? byte ^ 1 : byte))),
    ],
  ])('that is %s is not used', (_name, damage) => {
    const { folder, cache } = forge(TWO, ENGINE);
    writeFileSync(cache, damage(readFileSync(cache)));
    expect(wordOf(folder)).toMatchObject({ status: 0, stdout: 'two', stderr: '' });
  });

  it('that V8 rejects is not used', () => {
    const { folder, cache } = forge(TWO, ENGINE);
    const code = Buffer.from('no code');
    const head = Buffer.alloc(4);
    head.writeUInt32LE(crc32(code, crc32(wrapped(TWO), crc32(ENGINE))));
    writeFileSync(cache, Buffer.concat([head, code]));
    expect(wordOf(folder)).toMatchObject({ status: 0, stdout: 'two', stderr: '' });
  });

  it('of the build is taken by V8', () => {
    const store = makeStore();
    const dist = join(ROOT, 'dist');
    const listing = `const vm = require('node:vm');
      const without = [];
      vm.Script = class extends vm.Script {
        constructor(text, options) {
          super(text, options);
          if (this.cachedDataRejected !== false) without.push(options.filename);
        }
      };
      const { load } = require(${JSON.stringify(LOADER)}).makeLoader(${JSON.stringify(dist)});
      const words = ['segments:list', '--quiet', '--db', ${JSON.stringify(store)}];
      load('./main.cjs').main(words, process).then(() => console.log(without));`;
    expect(node('-e', listing)).toMatchObject({ status: 0, stdout: '[]\n' });
  });

  it('changes nothing that a command does', () => {
    const bare = copyOfProgram((name) => !name.endsWith('.cache'));
    const store = makeStore();
    for (const words of [
      ['help'],
      ['segments:list', '--db', store],
      ['contacts:list', '--where', 'no_field = 1', '--db', store],
    ]) {
      const { status, stdout, stderr } = node(BIN, ...words);
      expect(node(bare, ...words)).toMatchObject({ status, stdout, stderr });
    }
  });
});

/** A copy of the program with these files of `dist`; gives its entrance. */
function copyOfProgram(isCopied: (path: string) => boolean): string {
  const folder = makeFolder();
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: isCopied });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/rollcall.js');
}

describe('a program that cannot do its work', () => {
  it('says that it is not built', () => {
    expect(node(copyOfProgram((path) => !path.endsWith('dist')))).toMatchObject({
      status: 70,
      stdout: '',
      stderr:
        'error: rollcall is not built: dist/main.cjs is missing\nhint: run `npm run build` in its folder\n',
    });
  });

  it.each([
    [
      'waits for ever',
      'exports.main = () => new Promise(() => undefined);',
      'Error: the command waits for ever',
    ],
    [
      'throws',
      "exports.main = async () => { throw new Error('oh'); };",
      'Error: oh\n    at exports.main (rollcall/dist/main.cjs:1:36)',
    ],
    [
      'throws where nobody waits',
      "exports.main = () => { setImmediate(() => { throw new Error('oh'); }); return new Promise(() => undefined); };",
      'Error: oh',
    ],
  ])('ends as a bug when it %s', (_name, text, message) => {
    const program = copyOfProgram((path) => !path.endsWith('dist'));
    mkdirSync(join(program, '../../dist'));
    writeFileSync(join(program, '../../dist/main.cjs'), text);
    const { status, stderr } = node(program);
    expect(status).toBe(70);
    expect(stderr).toContain(`error: this is a bug in rollcall: ${message}`);
  });
});
