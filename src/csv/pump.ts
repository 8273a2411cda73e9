import { TransformStream } from 'node:stream/web';
import type { TextSink } from '../support/output-file.ts';

/**
 * Turns work that writes text into text that can be read piece by piece. (The work writes inside a
 * transaction, which lasts only as long as a function runs.) The work begins when the first piece
 * is asked for and never gets ahead of the reader. If the reader stops, the next `write` fails and
 * ends the work. An error in the work is thrown to the reader.
 */
export async function* pumped(work: (sink: TextSink) => Promise<void>): AsyncGenerator<string> {
  const { readable, writable } = new TransformStream<string, string>();
  const writer = writable.getWriter();
  const sink: TextSink = { write: async (text) => writer.write(text) };
  const done = work(sink)
    .then(
      async () => writer.close(),
      async (error: unknown) => writer.abort(error),
    )
    .catch(() => undefined); // it is closed already if the reader has stopped
  try {
    for await (const piece of readable) yield piece;
  } finally {
    await done; // so the transaction has ended before the reader goes on
  }
}
