import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { EXIT, UserError } from '../../../support/errors.ts';
import { isSystemError, reasonOf } from '../../../support/system-error.ts';
import type { Place } from './place.ts';

/**
 * What node-postgres is told of TLS; false for none. It has no words for what libpq means by
 * `require` and `verify-ca`. `UserError`: a file is missing (66) or closed to us (77).
 */
export function tlsOptions({ tls, tlsFiles }: Place): ConnectionOptions | false {
  if (tls === 'disable') return false;
  const { rootCertificate, certificate, key } = tlsFiles;
  return {
    ...(rootCertificate === undefined ? {} : { ca: read(rootCertificate) }),
    ...(certificate === undefined ? {} : { cert: read(certificate) }),
    ...(key === undefined ? {} : { key: read(key) }),
    // with an authority named, libpq too holds the server against it
    rejectUnauthorized: tls !== 'require' || rootCertificate !== undefined,
    ...(tls === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const message = `cannot read ${path}, which TLS needs: ${reasonOf(error)}`;
    const isClosed = error.code === 'EACCES' || error.code === 'EPERM';
    throw isClosed
      ? new UserError('NO_PERMISSION', EXIT.noPermission, message, { cause: error })
      : new UserError('NO_INPUT', EXIT.noInput, message, {
          hint: 'check sslrootcert, sslcert and sslkey of the URL',
          cause: error,
        });
  }
}
