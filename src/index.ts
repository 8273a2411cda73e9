// The library door: the services of the program, for programs.
export type * from './store/index.ts';
export { EXIT, type ExitCode, UserError } from './support/errors.ts';
export { initStore, openStore } from './store/sqlite/open.ts';
