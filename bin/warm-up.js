// A step of the build: runs typical commands on a store that is thrown away, then keeps the code
// that V8 made of the program by then.
//   node bin/warm-up.js [FOLDER]     the folder that holds main.cjs
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { Readable, Writable } = require('node:stream');
const { makeLoader } = require('./code-cache.js');

const CONTACTS = `email,country,points
ada@example.com,FR,12
bo@example.com,DE,3
`;

// Commands that run often: a segment built in full, then updated after changes, then with nothing
// to do; lists; help.
const COMMANDS = [
  ['init'],
  ['contacts:import', 'contacts.csv'],
  [
    'segments:create',
    'French',
    '--where',
    'country = "FR" and points > 10 and created_at in last 30 days',
  ],
  ['segments:update'],
  ['contacts:edit', 'bo@example.com', '--set', 'country=FR', '--set', 'points=20'],
  ['segments:update'],
  ['segments:update'],
  ['segments:list'],
  ['contacts:list'],
  ['settings:list'],
  ['help'],
];

/** A stream that keeps what is written, in `text`. */
function memory() {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      stream.text += chunk;
      done();
    },
  });
  return Object.assign(stream, { text: '' });
}

async function warmUp(dist, folder) {
  const { load, save } = makeLoader(dist);
  const { main } = load('./main.cjs');
  process.chdir(folder);
  writeFileSync('contacts.csv', CONTACTS);
  for (const words of COMMANDS) {
    const stderr = memory();
    const code = await main(words, {
      stdin: Readable.from([]),
      stdout: memory(),
      stderr,
      env: { ROLLCALL_DB: 'warm-up.db' },
    });
    if (code !== 0)
      throw new Error(`rollcall ${words.join(' ')} ended with ${code}: ${stderr.text}`);
  }
  save();
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-build-'));
warmUp(resolve(process.argv[2] ?? 'dist'), folder).finally(() =>
  rmSync(folder, { recursive: true }),
);
