import { randomUUID } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { findBinaries } from './binaries.ts';
import { FOLDER, stopServer } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the server of this run is, or can be started, and with what process it ends. */
    readonly postgres: SharedServer | null;
  }
}

export type SharedServer =
  | { readonly kind: 'given'; readonly url: string }
  | { readonly kind: 'own'; readonly folder: string; readonly owner: number };

/**
 * A place for the server that all tests of a run share. The first test that needs it starts it, so
 * that runs without such a test do not pay for it.
 */
export default function setup(project: TestProject): (() => Promise<void>) | undefined {
  const url = process.env['ROLLCALL_TEST_PG'];
  if (url !== undefined && url !== '') {
    project.provide('postgres', { kind: 'given', url });
    return undefined;
  }
  if (findBinaries() === undefined) {
    process.stderr.write('\nNO POSTGRESQL HERE: the tests that need it are left out\n\n');
    project.provide('postgres', null);
    return undefined;
  }
  const folder = `${FOLDER}${randomUUID().slice(0, 8)}`;
  project.provide('postgres', { kind: 'own', folder, owner: process.pid });
  return async () => stopServer(folder);
}
