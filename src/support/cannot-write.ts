import { dirname } from 'node:path';
import { EXIT, UserError } from './errors.ts';
import { isSystemError, reasonOf, type SystemError } from './system-error.ts';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * The error for a write that failed: a full disk, a dead disk (74), no permission (77). What is no
 * system error comes back as it is.
 */
export function cannotWrite(name: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (isRefusal(error)) return noPermission(name, error);
  const hint = FULL.includes(error.code)
    ? 'free some space or name another place'
    : 'check the disk, or name another place';
  return new UserError('IO_ERROR', EXIT.ioError, `cannot write to ${name}: ${reasonOf(error)}`, {
    hint,
    cause: error,
  });
}

/**
 * The error for a file that cannot be made: no permission (77), a full or dead disk (74), no such
 * folder and the like (73). What is no system error comes back as it is.
 */
export function cannotCreate(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (isRefusal(error)) return noPermission(path, error);
  if (FULL.includes(error.code) || error.code === 'EIO') return cannotWrite(path, error);
  const reason =
    error.code === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : reasonOf(error);
  return new UserError('NO_OUTPUT', EXIT.noOutput, `cannot write to ${path}: ${reason}`, {
    hint: 'name another place',
    cause: error,
  });
}

function isRefusal({ code }: SystemError): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

function noPermission(path: string, cause: SystemError): UserError {
  return new UserError('NO_PERMISSION', EXIT.noPermission, `no permission to write to ${path}`, {
    hint: 'name another place, or change its owner',
    cause,
  });
}
