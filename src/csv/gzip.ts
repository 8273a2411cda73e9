import { pipeline } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { EXIT, UserError } from '../support/errors.ts';
import type { Source } from './source.ts';

const CHUNK_BYTES = 262_144;

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The content of a gzip file, all of its members; sizes stay those of the file itself, so that a
 * progress line knows how far it is. `UserError` (65): it is damaged, or ends too early.
 */
export function unzipped(source: Source): Source {
  let bytesRead = 0;
  return {
    name: source.name,
    path: source.path,
    id: source.id,
    totalBytes: source.totalBytes,
    get bytesRead() {
      return bytesRead;
    },
    chunks: () =>
      unzip(source, (bytes) => {
        bytesRead = bytes;
      }),
    close: async () => source.close(),
  };
}

/** `onRead` is told how much of the file was unpacked, ahead of each chunk. */
async function* unzip(source: Source, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // an error is told to who reads, and a reader who stops early is none
  const fed = pipeline(copies(source), gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) {
      onRead(gunzip.bytesWritten);
      yield chunk as Buffer;
    }
    await requireNothingBehind(source, gunzip);
  } catch (error) {
    const code = zlibCode(error);
    throw code === undefined ? error : damaged(source.name, code, error);
  } finally {
    gunzip.destroy();
    await fed;
  }
}

/** Copies, because a chunk of a source is overwritten by the next one. */
async function* copies(source: Source): AsyncGenerator<Buffer> {
  for await (const chunk of source.chunks()) yield Buffer.from(chunk);
}

/** Zlib passes over all that follows a zero byte behind a member; only zeros may. */
async function requireNothingBehind(source: Source, { bytesWritten }: Gunzip): Promise<void> {
  if (bytesWritten >= source.totalBytes) return;
  let position = 0;
  for await (const chunk of source.chunks()) {
    const rest = chunk.subarray(Math.max(0, bytesWritten - position));
    if (rest.some((byte) => byte !== 0)) throw damaged(source.name, 'Z_DATA_ERROR');
    position += chunk.length;
  }
}

/** The code of an error of zlib, such as `Z_DATA_ERROR`. */
function zlibCode(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code?.startsWith('Z_') === true ? code : undefined;
}

function damaged(name: string, code: string, cause?: unknown): UserError {
  const what = code === 'Z_BUF_ERROR' ? 'ends too early: a part of it is missing' : 'is damaged';
  return new UserError('DAMAGED_GZIP', EXIT.badInput, `${name} is a gzip file that ${what}`, {
    hint: 'fetch it again; `gzip -t` says whether it is whole',
    cause,
  });
}
