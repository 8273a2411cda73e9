import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { cannotWrite } from '../support/cannot-write.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { descriptorOf, fileIdOf, regularFileIdOf } from '../support/file-place.ts';
import { isSystemError, reasonOf } from '../support/system-error.ts';

const CHUNK_BYTES = 262_144;

/** An input that can be read from its beginning as often as needed. */
export interface Source {
  /** For messages and records: the path as it was given, `standard input` for `-`. */
  readonly name: string;
  /** Undefined for an input that can be read only once or has no name of its own. */
  readonly path: string | undefined;
  /** Identifies the file under any of its names; undefined for a pipe or a terminal. */
  readonly id: string | undefined;
  readonly totalBytes: number;
  /** How many bytes the latest reading has read. */
  readonly bytesRead: number;
  /** The bytes from the beginning; a chunk is valid until the next one is read. */
  chunks(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Standard input; `fd` is its file descriptor, if it has one. */
export type StandardInput = Readable & { readonly fd?: number | undefined };

/** Is told how many bytes have come of an input that can be read only once. */
type OnReceived = ((bytes: number) => void) | undefined;

/**
 * Opens a file, or `-` for `stdin`, as its bytes are. An input that can be read only once (standard
 * input, a pipe) is first copied to a temporary file without a name. `UserError`: missing or a
 * folder (66), no permission (77), a failing disk (74).
 */
export async function openRaw(
  file: string,
  stdin: StandardInput,
  onReceived?: OnReceived,
): Promise<Source> {
  if (file === '-')
    return spooled(stdin, { name: 'standard input', id: regularFileIdOf(stdin.fd) }, onReceived);
  try {
    const handle = await open(file, 'r');
    const found = await handle.stat();
    // no file can be put beside `/dev/stdin`
    const path = descriptorOf(file) === undefined ? file : undefined;
    if (found.isFile())
      return fileSource(handle, { name: file, path, id: fileIdOf(handle.fd) }, found.size);
    if (!found.isDirectory())
      return await spooled(handle.createReadStream(), { name: file, id: undefined }, onReceived);
    await handle.close();
  } catch (error) {
    throw cannotRead(file, error);
  }
  throw new UserError('NO_INPUT', EXIT.noInput, `${file} is a folder, not a file`, {
    hint: 'name a CSV file, or - for standard input',
  });
}

function fileSource(
  handle: FileHandle,
  origin: Pick<Source, 'name' | 'path' | 'id'>,
  totalBytes: number,
): Source {
  let bytesRead = 0;
  return {
    ...origin,
    totalBytes,
    get bytesRead() {
      return bytesRead;
    },
    async *chunks() {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      let position = 0;
      for (;;) {
        const length = await readAt(handle, buffer, position, origin.name);
        if (length === 0) return;
        position += length;
        bytesRead = position;
        yield buffer.subarray(0, length);
      }
    },
    close: async () => handle.close(),
  };
}

async function readAt(
  handle: FileHandle,
  buffer: Buffer,
  position: number,
  name: string,
): Promise<number> {
  try {
    return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
  } catch (error) {
    throw cannotRead(name, error);
  }
}

async function spooled(
  stream: Readable,
  { name, id }: Pick<Source, 'name' | 'id'>,
  onReceived: OnReceived,
): Promise<Source> {
  const handle = await openNameless();
  try {
    let totalBytes = 0;
    for await (const chunk of readable(stream, name)) {
      await writeTo(handle, chunk);
      totalBytes += chunk.length;
      onReceived?.(totalBytes);
    }
    return fileSource(handle, { name, path: undefined, id }, totalBytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* readable(stream: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream)
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (error) {
    throw cannotRead(name, error);
  }
}

/**
 * Opens a file without a name: only this process can reach it, and it is gone however the process
 * ends.
 */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `rollcall-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx+', 0o600);
    await rm(path);
    return handle;
  } catch (error) {
    throw cannotWrite(dirname(path), error);
  }
}

async function writeTo(handle: FileHandle, chunk: Buffer): Promise<void> {
  try {
    await handle.appendFile(chunk);
  } catch (error) {
    throw cannotWrite(tmpdir(), error);
  }
}

function cannotRead(name: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError('NO_INPUT', EXIT.noInput, `there is no file ${name}`, {
        hint: 'name a CSV file, or - for standard input',
        cause: error,
      });
    case 'EISDIR':
      return new UserError('NO_INPUT', EXIT.noInput, `${name} is a folder, not a file`, {
        hint: 'name a CSV file, or - for standard input',
        cause: error,
      });
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return new UserError('NO_INPUT', EXIT.noInput, `cannot read ${name}: ${reasonOf(error)}`, {
        hint: 'check the name of the file',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to read ${name}`, {
        hint: 'run as the user who owns it, or change its owner',
        cause: error,
      });
    default:
      return new UserError('IO_ERROR', EXIT.ioError, `cannot read ${name}: ${reasonOf(error)}`, {
        hint: 'check the disk, then run the command again',
        cause: error,
      });
  }
}
