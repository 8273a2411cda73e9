import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readPlace } from '../../../src/store/postgres/connection/place.ts';

export interface Pooler {
  /** That of the store by way of the pooler. */
  readonly url: string;
  readonly stop: () => void;
}

/**
 * A pooler as PgBouncer is one, for servers that trust everybody. In the mode `transaction` a client
 * has another connection of the server after each transaction.
 */
export async function startPooler(url: string, mode: 'transaction' | 'session'): Promise<Pooler> {
  const { host, port } = readPlace(url, {});
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    const backends = [0, 1].map(() => connect(`${host}/.s.PGSQL.${port}`));
    for (const backend of backends) sockets.add(backend);
    let current = 0;
    let isStarted = false;
    client.on('data', (message: Buffer) => {
      // the first message opens both
      for (const backend of isStarted ? [backends[current]!] : backends) backend.write(message);
      isStarted = true;
    });
    backends.forEach((backend, index) => {
      let isReady = false;
      backend.on('error', () => undefined);
      eachMessage(backend, (message) => {
        // what the second one says of its start is not for the client
        if (isReady || index === 0) client.write(message);
        if (message[0] !== 'Z'.charCodeAt(0)) return;
        const isIdle = message[5] === 'I'.charCodeAt(0);
        if (isReady && isIdle && mode === 'transaction') current = 1 - current;
        isReady = true;
      });
    });
    client.on('error', () => undefined);
    client.on('close', () => backends.forEach((backend) => backend.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pooled = new URL(url.replace('@/', '@127.0.0.1/'));
  pooled.port = String((server.address() as AddressInfo).port);
  pooled.searchParams.delete('host');
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: pooled.href, stop };
}

/** Whole messages of a server: a letter, and the length of what follows, itself included. */
function eachMessage(backend: Socket, give: (message: Buffer) => void): void {
  let kept = Buffer.alloc(0);
  backend.on('data', (data: Buffer) => {
    kept = Buffer.concat([kept, data]);
    while (kept.length >= 5 && kept.length > kept.readInt32BE(1)) {
      const end = kept.readInt32BE(1) + 1;
      give(kept.subarray(0, end));
      kept = kept.subarray(end);
    }
  });
}
