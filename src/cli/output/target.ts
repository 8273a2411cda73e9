import { cannotWrite } from '../../support/cannot-write.ts';
import type { TextSink } from '../../support/output-file.ts';
import { isSystemError } from '../../support/system-error.ts';
import type { OutStream } from '../io.ts';

const CHUNK_CHARACTERS = 65_536;

/** Where results go: standard output, or a file that appears whole when it is committed. */
export interface Target extends TextSink {
  /** The stream that people may look at; undefined for a file. Decides colour and width. */
  readonly stream: OutStream | undefined;
  /** True once nobody reads any more (`| head`): what is still written is dropped. */
  readonly closed: boolean;
  /**
   * Hands on what was gathered, where somebody may be waiting for it. `UserError` IO_ERROR (74).
   */
  flush(): Promise<void>;
  /** Makes what was written last. */
  commit(): Promise<void>;
  /** Takes back what is not committed and can be taken back. */
  discard(): Promise<void>;
}

/**
 * A target over one of the process's streams, called `name` in messages. A closed pipe (`| head`)
 * is no error, since whoever reads has seen enough: the command ends quietly, with the code that
 * its work earned. A full disk is one (74).
 */
export function streamTarget(stream: OutStream, name: string): Target {
  let pending = '';
  let closed = false;
  stream.on('error', () => undefined); // each write reports its own error
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = '';
    if (text === '' || closed) return;
    const error = await writeTo(stream, text);
    if (isSystemError(error) && error.code === 'EPIPE') closed = true;
    else if (error !== undefined) throw cannotWrite(name, error);
  };
  return {
    stream,
    get closed() {
      return closed;
    },
    async write(text) {
      pending += text;
      if (pending.length >= CHUNK_CHARACTERS) await flush();
    },
    flush,
    commit: flush,
    discard: async () => undefined,
  };
}

/** A file as a target. `UserError` as `createOutputFile`. */
export async function fileTarget(path: string): Promise<Target> {
  const { createOutputFile } = await import('../../support/output-file.ts');
  const file = await createOutputFile(path);
  return {
    stream: undefined,
    get closed() {
      return file.closed;
    },
    write: async (text) => file.write(text),
    flush: async () => undefined,
    commit: async () => file.commit(),
    discard: async () => file.discard(),
  };
}

async function writeTo(stream: OutStream, text: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error ?? undefined));
  });
}
