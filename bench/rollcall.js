import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const HERE = new URL('..', import.meta.url).pathname;

/** What runs the program that is measured. */
export const BIN = programOf(HERE);

/**
 * The built release before, to be measured in the same run, in the checkout that
 * ROLLCALL_BENCH_BEFORE names.
 */
export function checkoutBefore() {
  const checkout = process.env['ROLLCALL_BENCH_BEFORE'];
  if (checkout !== undefined) requireBuild(checkout);
  return checkout;
}

/** @param {string} checkout */
export function programOf(checkout) {
  return join(checkout, 'bin', 'rollcall.js');
}

/**
 * The built library, of this checkout if no other is named.
 * @param {string} checkout
 * @returns {Promise<typeof import('../src/index.ts')>}
 */
export async function library(checkout = HERE) {
  requireBuild(checkout);
  return import(libraryOf(checkout));
}

/**
 * Runs the built program and gives its standard output; throws when it fails.
 * @param {readonly string[]} args
 */
export function rollcall(...args) {
  requireBuild(HERE);
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`rollcall ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** @param {string} checkout */
function requireBuild(checkout) {
  if (!existsSync(libraryOf(checkout))) throw new Error(`${checkout}: build first: npm run build`);
}

/** @param {string} checkout */
function libraryOf(checkout) {
  return join(checkout, 'dist', 'index.js');
}
