import { main } from '../../src/main.ts';
import { fakeIo } from '../helpers/streams.js';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs rollcall in this process. */
export async function ran(words: readonly string[]): Promise<Ran> {
  const { io, stdout, stderr } = fakeIo({ env: { USER: 'tester' } });
  const exit = await main(words, io);
  return { exit, stdout: stdout(), stderr: stderr() };
}
