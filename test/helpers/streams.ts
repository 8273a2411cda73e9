import { type Direction, clearLine, cursorTo, moveCursor } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { InStream, Io, OutStream } from '../../src/cli/io.ts';

export interface FakeIo {
  readonly io: Io;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Streams in memory for `main` in process; with `columns` they are a terminal of that width. */
export function fakeIo({
  columns,
  env = {},
  input = '',
}: {
  readonly columns?: number;
  readonly env?: Record<string, string>;
  readonly input?: string;
} = {}): FakeIo {
  const stdout = outStream(columns);
  const stderr = outStream(columns);
  const stdin: InStream = Object.assign(
    new PassThrough(),
    columns === undefined ? {} : { isTTY: true },
  );
  stdin.push(input);
  stdin.push(null);
  return {
    io: { stdin, stdout: stdout.stream, stderr: stderr.stream, env },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function outStream(columns: number | undefined): {
  readonly stream: OutStream;
  readonly text: () => string;
} {
  let text = '';
  const stream = new PassThrough();
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    stream: columns === undefined ? stream : Object.assign(stream, terminalOf(stream, columns)),
    text: () => text,
  };
}

/** What `tty.WriteStream` has beyond other streams. */
function terminalOf(stream: PassThrough, columns: number): object {
  return {
    isTTY: true,
    columns,
    cursorTo: (x: number) => cursorTo(stream, x),
    moveCursor: (dx: number, dy: number) => moveCursor(stream, dx, dy),
    clearLine: (direction: Direction) => clearLine(stream, direction),
  };
}
