import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { PassThrough } from 'node:stream';

/**
 * @typedef {object} FakeIo
 * @property {import('../../src/cli/io.ts').Io} io
 * @property {() => string} stdout
 * @property {() => string} stderr
 */

/**
 * Streams in memory for `main` in process; with `columns` they are a terminal of that width.
 * @param {{ columns?: number | undefined, env?: Record<string, string>, input?: string }} [as]
 * @returns {FakeIo}
 */
export function fakeIo({ columns, env = {}, input = '' } = {}) {
  const stdout = outStream(columns);
  const stderr = outStream(columns);
  const stdin = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true });
  stdin.push(input);
  stdin.push(null);
  return {
    io: { stdin, stdout: stdout.stream, stderr: stderr.stream, env },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

/** @param {number | undefined} columns */
function outStream(columns) {
  let text = '';
  const stream = new PassThrough();
  stream.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
  return {
    stream: columns === undefined ? stream : Object.assign(stream, terminalOf(stream, columns)),
    text: () => text,
  };
}

/**
 * What `tty.WriteStream` has beyond other streams.
 * @param {PassThrough} stream
 * @param {number} columns
 */
function terminalOf(stream, columns) {
  return {
    isTTY: true,
    columns,
    cursorTo: (/** @type {number} */ x) => cursorTo(stream, x),
    moveCursor: (/** @type {number} */ dx, /** @type {number} */ dy) => moveCursor(stream, dx, dy),
    clearLine: (/** @type {import('node:readline').Direction} */ direction) =>
      clearLine(stream, direction),
  };
}
