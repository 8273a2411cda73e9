import { EXIT, UserError } from '../../../support/errors.ts';
import { isSocket, type Place } from './place.ts';

export interface Circumstances {
  readonly place: Place;
  /** A transaction has begun on this connection. */
  readonly isAtWork: boolean;
}

/** Connection exceptions, and the server going down or ending this connection. */
const LOSS_STATES = /^(08...|57P0[125]|25P03)$/;
const LOSS_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_\w+|E(HOST|NET)UNREACH|ENOENT|EACCES|EADDRNOTAVAIL)$/;
/** What node-postgres itself says. */
const LOSS_WORDS = /^(Connection terminated|timeout expired|Client (was closed|has encountered))/;
/** Node's codes of certificates and of the protocol. */
const TLS_CODES =
  /^(ERR_(TLS|SSL|OSSL)|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO)/;
const TLS_WORDS = /SSL connection/;

/** Whether it is about the connection, not about what was asked. */
export function isLoss(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if ('severity' in error) return LOSS_STATES.test(code);
  return isOfTls(error) || LOSS_CODES.test(code) || LOSS_WORDS.test(error.message);
}

function isOfTls(error: Error): boolean {
  return TLS_CODES.test(codeOf(error)) || TLS_WORDS.test(error.message);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Before anything was begun the server is out of reach (69); later its work is lost (74). */
export function connectionError(cause: Error, { place, isAtWork }: Circumstances): UserError {
  if (isAtWork) return lost(cause, place);
  if (isOfTls(cause)) return noTrust(cause, place);
  const message = `no connection to the server of ${place.location}: ${reasonFor(cause)}`;
  return new UserError('NO_SERVER', EXIT.noStore, message, {
    hint: `is it running, and does it listen there? ${whereabouts(place)}`,
    cause,
  });
}

function lost(cause: Error, { location }: Place): UserError {
  const message = `the connection to ${location} was lost: ${reasonFor(cause)}`;
  const hint =
    'run the command again: what was not finished is undone, finished segments stay done';
  return new UserError('CONNECTION_LOST', EXIT.ioError, message, { hint, cause });
}

function noTrust(cause: Error, { location, host }: Place): UserError {
  const message = `no trusted connection to the server of ${location}: ${cause.message}`;
  const hint = TLS_WORDS.test(cause.message)
    ? 'let the server use TLS, or add sslmode=disable to the URL where the network is trusted'
    : `name the authority of its certificate with sslrootcert in the URL, and the server as its certificate does, not ${host}`;
  return new UserError('NO_TRUST', EXIT.noStore, message, { hint, cause });
}

/** In words; the texts of Node begin with the system call, that of a timeout says nothing. */
function reasonFor(cause: Error): string {
  switch (codeOf(cause)) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'ENOENT':
      return 'there is no socket';
    case 'EACCES':
      return 'no permission to use its socket';
    default:
      return cause.message === 'timeout expired' ? 'it does not answer in time' : cause.message;
  }
}

function whereabouts({ host, port }: Place): string {
  return isSocket(host) ? `socket ${host}/.s.PGSQL.${port}` : `host ${host}, port ${port}`;
}
