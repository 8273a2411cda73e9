/**
 * Runs command lines of the built program, one after the other, in one process: see
 * shared-process.ts. Arguments: the FIFO of requests and that of answers, a line of JSON each, and
 * the folder of the program.
 */
import { openSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeIo } from './streams.js';

/** @typedef {import('./shared-process.ts').Request} Request */
/** @typedef {import('./run.ts').Ran} Ran */

// opened first: whoever asks waits for that, and sees it when this process ends
const [requests = '', answers = '', program = ''] = process.argv.slice(2);
const input = openSync(requests, 'r');
const output = openSync(answers, 'w');

process.umask(0o077);
const root = fileURLToPath(new URL('../..', import.meta.url));
const { makeLoader } = createRequire(import.meta.url)(join(root, 'bin/code-cache.js'));
const { main } = makeLoader(program).load('./main.cjs');

const chunk = Buffer.alloc(65_536);
let received = Buffer.alloc(0);

/**
 * The next request; undefined when whoever asks is gone.
 * @returns {Request | undefined}
 */
function nextRequest() {
  for (;;) {
    const end = received.indexOf('\n');
    if (end >= 0) {
      const line = received.subarray(0, end).toString();
      received = received.subarray(end + 1);
      return JSON.parse(line);
    }
    const read = readSync(input, chunk);
    if (read === 0) return undefined;
    received = Buffer.concat([received, chunk.subarray(0, read)]);
  }
}

/**
 * @param {Request} request
 * @returns {Promise<Ran>}
 */
async function run({ folder, args, ...streams }) {
  process.chdir(folder);
  process.env['HOME'] = folder;
  const { io, stdout, stderr } = fakeIo(streams);
  const status = await main(args, io);
  return { status, stdout: stdout(), stderr: stderr() };
}

/** @param {Ran} ran */
function answer(ran) {
  const bytes = Buffer.from(`${JSON.stringify(ran)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += writeSync(output, bytes, sent);
}

// As in bin/rollcall.js, a bug or a command that never ends must not look like one that is done.
process.on('uncaughtException', (error) => {
  answer({ status: 70, stdout: '', stderr: String(error instanceof Error ? error.stack : error) });
  process.exit(70);
});
process.once('beforeExit', () => {
  answer({ status: 70, stdout: '', stderr: 'the command waits for ever' });
});

for (let request = nextRequest(); request !== undefined; request = nextRequest())
  answer(await run(request));
process.exit(0);
