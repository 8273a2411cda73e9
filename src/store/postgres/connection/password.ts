import { readFileSync, statSync } from 'node:fs';
import { EXIT, UserError } from '../../../support/errors.ts';
import { isSocket, type Place } from './place.ts';

/**
 * The password for a server that asks for one: that of the URL or PGPASSWORD, or else that of the
 * password file. `UserError` (77) when there is none.
 */
export function getPassword(place: Place): string {
  const password = place.password ?? findInFile(place);
  if (password !== undefined) return password;
  const message = `the server of ${place.location} asks for a password of ${place.user}, and none is known`;
  throw new UserError('NO_PERMISSION', EXIT.noPermission, message, {
    hint: 'keep it in ~/.pgpass, in the file of PGPASSFILE or in PGPASSWORD',
  });
}

/** As libpq looks it up: the first line `host:port:database:user:password` that fits. */
function findInFile(place: Place): string | undefined {
  const { passwordFile, host, port, database, user } = place;
  const found = statSync(passwordFile, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return undefined;
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) throw tooOpen(passwordFile);
  const named = [
    [host, ...(isSocket(host) ? ['localhost'] : [])],
    [String(port)],
    [database],
    [user],
  ];
  for (const line of readFileSync(passwordFile, 'utf8').split(/\r?\n/)) {
    const fields = fieldsOf(line);
    const password = fields.pop();
    const fits = named.every((words, index) => ['*', ...words].includes(fields[index] ?? ''));
    if (fields.length === named.length && fits) return password;
  }
  return undefined;
}

/** `\:` and `\\` stand for the character itself. */
function fieldsOf(line: string): string[] {
  if (line.startsWith('#')) return [];
  const fields = [''];
  for (const [word] of line.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (word === ':' && fields.length < 5) fields.push('');
    else
      fields.push(
        `${fields.pop() ?? ''}${word.length === 2 && word.startsWith('\\') ? word.slice(1) : word}`,
      );
  }
  return fields;
}

function tooOpen(path: string): UserError {
  const message = `the password file ${path} can be read by others, so that it is not used`;
  return new UserError('NO_PERMISSION', EXIT.noPermission, message, {
    hint: `close it: chmod 600 ${path}`,
  });
}
