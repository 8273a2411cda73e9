import { randomBytes } from 'node:crypto';
import { constants, fstatSync, writeFile } from 'node:fs';
import { type FileHandle, access, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cannotCreate, cannotWrite } from './cannot-write.ts';
import { EXIT, UserError } from './errors.ts';
import { descriptorOf, placeOf, requireOwnLinks } from './file-place.ts';
import { isSystemError } from './system-error.ts';

const CHUNK_CHARACTERS = 65_536;

/** Something to write text to; `write` waits while it is slow. */
export interface TextSink {
  write(text: string): Promise<void>;
}

/** A file that replaces what was at its path when it is committed, or else leaves no trace. */
export interface OutputFile extends TextSink {
  /**
   * True once nobody reads any more, as with a pipe whose reader has exited. Further text is
   * dropped.
   */
  readonly closed: boolean;
  /** Hands over what was written so far, so that a full disk is told of. */
  flush(): Promise<void>;
  /** Puts the written file in its place, in one step. */
  commit(): Promise<void>;
  /** Drops everything that is not committed; may be called at any time, also twice. */
  discard(): Promise<void>;
}

/**
 * A file at `path`, readable only by its owner, that appears as a whole when it is committed; until
 * then the old file stays. A link stays a link, unless a stranger made it. A device or a pipe is
 * written to directly, and so is a file that is named by an open descriptor (`/dev/fd/3`), because
 * whoever opened it goes on writing there. `UserError`: no such folder, the path is a folder, a
 * read-only file system (73), no permission (77), a full disk (74).
 */
export async function createOutputFile(path: string): Promise<OutputFile> {
  try {
    const descriptor = descriptorOf(path);
    if (descriptor !== undefined && isWrittenAsOpen(descriptor))
      return directFile(openDescriptor(descriptor), path);
    const place = placeOf(path);
    requireOwnLinks(path);
    const kind = await kindOf(place);
    if (kind === 'folder')
      throw new UserError('NO_OUTPUT', EXIT.noOutput, `cannot write to ${path}: it is a folder`, {
        hint: 'name a file',
      });
    if (kind === 'file') await access(place, constants.W_OK);
    return kind === 'special'
      ? directFile(await open(place, 'w'), path)
      : await draftFile(place, path);
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

/**
 * Whether to write to the open descriptor itself. A pipe or a terminal is better opened once more,
 * because our own descriptor waits where theirs may not; a socket cannot be opened again.
 */
function isWrittenAsOpen(descriptor: number): boolean {
  const found = fstatSync(descriptor);
  return found.isFile() || found.isSocket();
}

async function kindOf(place: string): Promise<'nothing' | 'file' | 'folder' | 'special'> {
  try {
    const found = await stat(place);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'special';
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return 'nothing';
    throw error;
  }
}

async function draftFile(place: string, name: string): Promise<OutputFile> {
  const draft = join(
    dirname(place),
    `.${basename(place).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  const handle = await open(draft, 'wx', 0o600);
  const file = directFile(handle, name, async () => rename(draft, place));
  let committed = false;
  return {
    closed: false,
    write: async (text) => file.write(text),
    flush: async () => file.flush(),
    async commit() {
      await file.commit();
      committed = true;
    },
    async discard() {
      await file.discard();
      if (!committed) await rm(draft, { force: true });
    },
  };
}

/** What an output file needs of its handle. */
type Handle = Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>;

const writeToDescriptor = promisify(writeFile);

/**
 * Writes at the descriptor's position and moves it on, which opening the file anew would not do.
 * The descriptor stays open, because it belongs to whoever opened it.
 */
function openDescriptor(descriptor: number): Handle {
  return {
    appendFile: async (text) => writeToDescriptor(descriptor, text),
    datasync: async () => undefined,
    close: async () => undefined,
  };
}

function directFile(handle: Handle, name: string, publish?: () => Promise<void>): OutputFile {
  let pending = '';
  let isOpen = true;
  let closed = false;
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = '';
    if (text !== '' && !closed) closed = !(await isTaken(handle, text));
  };
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    get closed() {
      return closed;
    },
    write: async (text) => {
      pending += text;
      if (pending.length >= CHUNK_CHARACTERS) await translating(name, flush);
    },
    flush: async () => translating(name, flush),
    commit: async () =>
      translating(name, async () => {
        await flush();
        // else a crash of the machine could leave an empty file
        if (publish !== undefined) await handle.datasync();
        await close();
        await publish?.();
      }),
    discard: close,
  };
}

/** Writes text; false if it is a pipe that nobody reads any more, which is no error. */
async function isTaken(handle: Handle, text: string): Promise<boolean> {
  try {
    await handle.appendFile(text);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EPIPE') return false;
    throw error;
  }
}

async function translating(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw cannotWrite(name, error);
  }
}
