import { descriptorOf, fileIdOf, regularFileIdOf } from '../support/file-place.ts';
import { usage } from './options/options.ts';

/** Where the result of a command goes: the file of `-o`, or the stream. */
export interface Output {
  readonly path: string | undefined;
  /** What it is by whatever name, where it is a file. */
  readonly id: string | undefined;
}

/** Which of the process's streams a path names, whatever links lead there; undefined for a file. */
export function streamNamed(path: string | undefined): 'output' | 'error' | undefined {
  if (path === undefined || path === '-') return 'output';
  const descriptor = descriptorOf(path);
  if (descriptor === 1) return 'output';
  return descriptor === 2 ? 'error' : undefined;
}

export function outputOf(path: string | undefined): Output {
  return streamNamed(path) === undefined && path !== undefined
    ? { path, id: fileIdOf(path) }
    : { path: undefined, id: undefined };
}

/**
 * Refuses to read a file, or an open stream, that the command's output takes the place of.
 * `UserError` (2), naming both.
 */
export function requireNotOutput(
  { path, id }: Output,
  input: string | number | undefined,
  name: string,
): void {
  if (path === undefined || id === undefined) return;
  const other = typeof input === 'string' ? fileIdOf(input) : regularFileIdOf(input);
  if (other === id) throw usage(`-o ${path} is ${name}`, 'name another file');
}
