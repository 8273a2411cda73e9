import { dirname } from 'node:path';
import { EXIT, UserError } from './errors.ts';
import { isSystemError, reasonOf } from './system-error.ts';

/** The error for a write that failed: a full disk, a dead disk (74). What is no system error comes back as it is. */
export function cannotWrite(name: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  return new UserError('IO_ERROR', EXIT.ioError, `cannot write to ${name}: ${reasonOf(error)}`, { hint: 'free some space or name another place', cause: error });
}

/**
 * The error for a file that cannot be made: no permission (77), a full or dead disk (74), no such folder and the like (73). What is no
 * system error comes back as it is.
 */
export function cannotCreate(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to write to ${path}`, { hint: 'name another place, or change its owner', cause: error });
  }
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EIO') return cannotWrite(path, error);
  const reason = error.code === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : reasonOf(error);
  return new UserError('NO_OUTPUT', EXIT.noOutput, `cannot write to ${path}: ${reason}`, { hint: 'name another place', cause: error });
}
